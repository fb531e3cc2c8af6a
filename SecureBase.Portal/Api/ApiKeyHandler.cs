using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using SecureBase.Core.Access;
using SecureBase.Core.Access.Metering;
using SecureBase.Core.Auditing;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Hosting;

namespace SecureBase.Portal.Api;

/// <summary>
/// <c>Authorization: Bearer sb_live_…</c>. On the API host the key brings its tenant; on a tenant's own host it must be that
/// tenant's, and it must come from an address its allow-list names, or the attempt is refused and recorded there. A good key becomes
/// the scope's <see cref="Caller"/>. An address that sends too many bad ones is refused unseen and unrecorded.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    ApiKeyDirectory keys, TenantDirectory tenants, TenantContext tenancy, Caller caller, CallingKey calling, RefusalAudit audit, RequestMeters meters, FailureLimits failures)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    internal const string SchemeName = "SecureBase.ApiKey";
    private const string Bearer = "Bearer ";

    private ApiProblem? _refusal;

    private IPAddress? From => Context.Connection.RemoteIpAddress;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (await keys.FindAsync(header[Bearer.Length..].Trim(), () => !failures.IsExhausted(From), Context.RequestAborted) is not { } key)
            return RefuseCounted(ApiProblems.KeyNotValid);
        if (tenancy.IsSet && tenancy.TenantId != key.TenantId)
            return await RefuseStrangerAsync("access.tenant_mismatch", key.TenantId, ApiProblems.KeyOfAnotherTenant);

        if (!tenancy.IsSet)
        {
            if (await tenants.FindAsync(key.TenantId, Context.RequestAborted) is not { Status: not TenantStatus.OffBoarded } tenant)
                return Refuse(ApiProblems.KeyNotValid);
            if (tenant.Status == TenantStatus.Suspended)
                return Refuse(ApiProblems.TenantSuspended);
            tenancy.Enter(tenant);
        }
        if (!key.AllowList.Allows(From))
            return await RefuseStrangerAsync("access.address_refused", key.TenantId, ApiProblems.AddressNotAllowed(From), new { key = key.Id });

        caller.Become(Actor(key));
        if (PathKind.IsApi(Request.Path))
            calling.Key = key;
        else
            meters.NoteUse(key, From);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, key.PersonId.ToString()), new Claim(ClaimTypes.Role, key.Role)], SchemeName);
        // A live connection ends with its key.
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), new AuthenticationProperties { ExpiresUtc = key.ExpiresAt }, SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var problem = _refusal ?? ApiProblems.OfStatus(StatusCodes.Status401Unauthorized);
        if (problem.Status == StatusCodes.Status401Unauthorized)
            Response.Headers.WWWAuthenticate = _refusal is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        RateLimitFields.PutFailures(Response, failures.Stand(From));
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

    private AuthenticateResult RefuseCounted(ApiProblem problem)
    {
        if (failures.Stand(From) is { Remaining: 0 } exhausted)
            return Refuse(RateLimitProblems.TooManyFailures(exhausted));
        failures.Count(From);
        return Refuse(problem);
    }

    // In the log of the tenant whose door it was, or whose key.
    private async Task<AuthenticateResult> RefuseStrangerAsync(string action, Guid? keysTenant, ApiProblem problem, object? details = null)
    {
        var refused = RefuseCounted(problem);
        if (_refusal == problem && failures.MayRecord(tenancy.Tenant.Id))
            await audit.RecordStrangerAsync(action, keysTenant, From?.ToString(), Context.RequestAborted, details);
        return refused;
    }

    private Actor Actor(LiveApiKey key) =>
        new(key.TenantId, key.PersonId, key.PersonName, key.TenantId == Tenant.OperatorId ? ActorKind.Agent : ActorKind.Customer, key.Role)
        {
            Scopes = key.Scopes,
            ApiKeyId = key.Id,
            ApiKeySecret = key.Secret,
            RemoteAddress = From?.ToString(),
        };
}
