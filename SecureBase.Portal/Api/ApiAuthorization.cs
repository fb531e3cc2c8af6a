using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Hosting;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Api;

/// <summary>What a caller of an endpoint must be allowed to do.</summary>
internal sealed record RequiredPermission(Permission Permission);

/// <summary>
/// Who may call <c>/v1</c>: the holder of a key that includes the endpoint's permission. Cookies do not count, so no page of
/// another origin can make a browser call it. An endpoint that names no permission is closed to everybody.
/// </summary>
internal static class ApiAuthorization
{
    private const string BySender = "SecureBase.BySender";

    internal static IServiceCollection AddApiAuthorization(this IServiceCollection services)
    {
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddPolicyScheme(BySender, null, scheme => scheme.ForwardDefaultSelector = SchemeFor);
        services.PostConfigure<AuthenticationOptions>(authentication => authentication.DefaultScheme = BySender);
        services.AddScoped<CallingKey>();
        services.AddScoped<IAuthorizationHandler, KeyMayCall>();
        return services;
    }

    internal static AuthorizationPolicy Policy { get; } = new AuthorizationPolicyBuilder(ApiKeyHandler.SchemeName)
        .RequireAuthenticatedUser()
        .AddRequirements(new MayCall())
        .Build();

    internal static TBuilder Needs<TBuilder>(this TBuilder endpoint, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequiredPermission(permission));

    // Live connections take either; the API only keys; pages only cookies.
    private static string SchemeFor(HttpContext context)
    {
        var path = context.Request.Path;
        var byKey = PathKind.IsApi(path) || (PathKind.IsLiveConnection(path) && context.Request.Headers.Authorization.Count > 0);
        return byKey ? ApiKeyHandler.SchemeName : PortalClaims.Scheme;
    }

    private sealed class MayCall : IAuthorizationRequirement;

    private sealed class KeyMayCall(Caller caller) : AuthorizationHandler<MayCall>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, MayCall requirement)
        {
            if (context.Resource is HttpContext http
                && http.GetEndpoint()?.Metadata.GetMetadata<RequiredPermission>() is { } required
                && caller.Can(required.Permission))
            {
                context.Succeed(requirement);
            }

            return Task.CompletedTask;
        }
    }
}
