using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using SecureBase.Core.Access;
using SecureBase.Core.Auditing;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Api;

/// <summary>
/// <c>Authorization: Bearer sb_live_…</c>. On the API host the key brings its tenant; on a tenant's own host it must be that
/// tenant's, or the attempt is refused and recorded there. A good key becomes the scope's <see cref="Caller"/>.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    ApiKeyDirectory keys, TenantDirectory tenants, TenantContext tenancy, Caller caller, RefusalAudit audit)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    internal const string SchemeName = "SecureBase.ApiKey";
    private const string Bearer = "Bearer ";

    private ApiProblem? _refusal;

    private string? RemoteAddress => Context.Connection.RemoteIpAddress?.ToString();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (await keys.FindAsync(header[Bearer.Length..].Trim(), mayLookUp: null, Context.RequestAborted) is not { } key)
            return Refuse(ApiProblems.KeyNotValid);

        if (tenancy.IsSet && tenancy.TenantId != key.TenantId)
        {
            await audit.RecordStrangerAsync("access.tenant_mismatch", key.TenantId, RemoteAddress, Context.RequestAborted);
            return Refuse(ApiProblems.KeyOfAnotherTenant);
        }

        if (!tenancy.IsSet)
        {
            if (await tenants.FindAsync(key.TenantId, Context.RequestAborted) is not { } tenant)
                return Refuse(ApiProblems.KeyNotValid);
            if (tenant.Status == TenantStatus.Suspended)
                return Refuse(ApiProblems.TenantSuspended);
            tenancy.Enter(tenant);
        }

        caller.Become(Actor(key));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, key.PersonId.ToString()), new Claim(ClaimTypes.Role, key.Role)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var problem = _refusal ?? ApiProblems.OfStatus(StatusCodes.Status401Unauthorized);
        if (problem.Status == StatusCodes.Status401Unauthorized)
            Response.Headers.WWWAuthenticate = _refusal is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        return ApiProblems.WriteAsync(Context, problem);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var permission = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredPermission>()?.Permission;
        if (permission is not null)
            await audit.RecordAsync("access.denied", new { permission = permission.Name }, Context.RequestAborted);
        Response.Headers.WWWAuthenticate = permission?.Scope is { } scope ? $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"" : "Bearer error=\"insufficient_scope\"";
        await ApiProblems.WriteAsync(Context, ApiProblems.InsufficientScope(permission));
    }

    private AuthenticateResult Refuse(ApiProblem problem)
    {
        _refusal = problem;
        return AuthenticateResult.Fail(problem.Code);
    }

    private Actor Actor(LiveApiKey key) =>
        new(key.TenantId, key.PersonId, key.PersonName, key.TenantId == Tenant.OperatorId ? ActorKind.Agent : ActorKind.Customer, key.Role)
        {
            Scopes = key.Scopes,
            ApiKeyId = key.Id,
            ApiKeySecret = key.Secret,
            RemoteAddress = RemoteAddress,
        };
}
