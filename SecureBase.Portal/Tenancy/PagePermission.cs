using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Options;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Tenancy;

/// <summary>Opens a page to those whose role includes the permission of this name; everybody else is told so, and the attempt is audited.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PagePermissionAttribute(string permission) : AuthorizeAttribute(PagePermissionPolicies.Prefix + permission)
{
    /// <summary>A name from <see cref="PermissionCatalogue"/>.</summary>
    public string Permission { get; } = permission;
}

/// <summary>Makes the policy of each permission when a page asks for it.</summary>
internal sealed class PagePermissionPolicies(IOptions<AuthorizationOptions> options) : DefaultAuthorizationPolicyProvider(options)
{
    internal const string Prefix = "permission:";

    public override Task<AuthorizationPolicy?> GetPolicyAsync(string policyName)
    {
        if (!policyName.StartsWith(Prefix, StringComparison.Ordinal))
            return base.GetPolicyAsync(policyName);
        var permission = PermissionCatalogue.Find(policyName[Prefix.Length..])
            ?? throw new InvalidOperationException($"A page asks for the permission '{policyName[Prefix.Length..]}', which no feature declares.");
        return Task.FromResult<AuthorizationPolicy?>(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireRole(permission.GrantedTo).Build());
    }
}

/// <summary>Audits a page that was refused to someone who is signed in, then answers as the framework does.</summary>
internal sealed class AuditedRefusals : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _framework = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden && context.RequestServices.GetRequiredService<Caller>() is { IsKnown: true, Actor.ApiKeyId: null })
            await context.RequestServices.GetRequiredService<RefusalAudit>().RecordAsync("access.denied", new { page = context.Request.Path.Value }, context.RequestAborted);
        await _framework.HandleAsync(next, context, policy, authorizeResult);
    }
}
