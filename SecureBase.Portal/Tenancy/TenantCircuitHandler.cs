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
    AuthenticationStateProvider authentication, TenantDirectory tenants, SessionDirectory sessions, TenantContext tenancy, Caller caller, TimeProvider clock, ILogger<TenantCircuitHandler> log) : CircuitHandler
{
    private static readonly TimeSpan LookAgainEvery = TimeSpan.FromMinutes(1);

    private long _lookedAt;

    // Before every other handler, so that none of them runs without a tenant.
    public override int Order => -1000;

    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken) => BindAsync(cancellationToken);

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken) => BindAsync(cancellationToken);

    /// <summary>Who works in an open page is seen, and a session whose time is over ends its page with the next thing done there.</summary>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        if (caller is { IsKnown: true, Actor.SessionId: { } session } && clock.GetElapsedTime(_lookedAt) >= LookAgainEvery)
        {
            _lookedAt = clock.GetTimestamp();
            if (await sessions.FindAsync(tenancy.Tenant, session, CancellationToken.None) is null)
                throw Refused();
        }
        await next(context);
    };

    private async Task BindAsync(CancellationToken ct)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (PortalClaims.TenantId(user) is { } tenantId && PortalClaims.SessionId(user) is { } sessionId
            && await tenants.FindAsync(tenantId, ct) is { Status: TenantStatus.Active } tenant
            && await sessions.FindAsync(tenant, sessionId, ct) is { } session)
        {
            tenancy.Enter(tenant);
            caller.Become(PortalClaims.Actor(session, PortalClaims.RemoteAddress(user)));
            _lookedAt = clock.GetTimestamp();
            return;
        }
        throw Refused();
    }

    private InvalidOperationException Refused()
    {
        log.CircuitRefused();
        return new InvalidOperationException("This circuit's tenant or session no longer holds.");
    }
}
