using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using SecureBase.Core.Access;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Tenancy;

/// <summary>
/// Binds a circuit to the tenant of the signed claim. What the browser says about its address is not asked. Checked when the
/// circuit opens and at every reconnect; a circuit that no longer holds is refused.
/// </summary>
internal sealed class TenantCircuitHandler(
    AuthenticationStateProvider authentication, TenantDirectory tenants, SessionDirectory sessions, TenantContext tenancy, Caller caller, ILogger<TenantCircuitHandler> log) : CircuitHandler
{
    // Before every other handler, so that none of them runs without a tenant.
    public override int Order => -1000;

    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken) => BindAsync(cancellationToken);

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken) => BindAsync(cancellationToken);

    private async Task BindAsync(CancellationToken ct)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (PortalClaims.TenantId(user) is { } tenantId && PortalClaims.SessionId(user) is { } sessionId
            && await tenants.FindAsync(tenantId, ct) is { Status: TenantStatus.Active } tenant
            && await sessions.FindAsync(tenantId, sessionId, ct) is { } session)
        {
            tenancy.Enter(tenant);
            caller.Become(PortalClaims.Actor(session, PortalClaims.RemoteAddress(user)));
            return;
        }
        log.CircuitRefused();
        throw new InvalidOperationException("This circuit's tenant or session no longer holds.");
    }
}
