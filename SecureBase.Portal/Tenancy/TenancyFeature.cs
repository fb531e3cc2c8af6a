using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Tenancy;

/// <summary>Names of the authorisation policies pages ask for.</summary>
internal static class Policies
{
    /// <summary>The provider's staff, on the admin host.</summary>
    public const string Staff = "staff";
    /// <summary>A customer's people, on their tenant's host.</summary>
    public const string Customer = "customer";
}

internal static class TenancyFeature
{
    internal static IServiceCollection AddTenancy(this IServiceCollection services, bool secureCookies)
    {
        services.AddOptions<PortalOptions>().BindConfiguration(PortalOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<LiveConnections>();
        services.AddSingleton<IHostedService>(p => p.GetRequiredService<LiveConnections>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<CircuitHandler, TenantCircuitHandler>());
        services.AddCascadingAuthenticationState();
        services.AddAuthentication(PortalClaims.Scheme).AddCookie(PortalClaims.Scheme, cookie =>
        {
            // Host-only, so that no tenant's browser sends it to another; the prefix makes browsers insist on it.
            cookie.Cookie.Name = secureCookies ? "__Host-securebase" : "securebase";
            cookie.Cookie.SecurePolicy = secureCookies ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.Path = "/";
            cookie.ExpireTimeSpan = Core.Access.Session.Lifetime;
            cookie.SlidingExpiration = false;
            cookie.LoginPath = "/account/sign-in";
            cookie.LogoutPath = "/account/sign-out";
            cookie.AccessDeniedPath = "/account/access-denied";
            cookie.ReturnUrlParameter = "return_url";
            cookie.Events = new CookieAuthenticationEvents
            {
                OnRedirectToLogin = context => RedirectOrStatus(context, StatusCodes.Status401Unauthorized),
                OnRedirectToAccessDenied = context => RedirectOrStatus(context, StatusCodes.Status403Forbidden),
            };
        });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Policies.Staff, policy => policy.RequireAuthenticatedUser().RequireRole(Roles.Operator))
            .AddPolicy(Policies.Customer, policy => policy.RequireAuthenticatedUser().RequireRole(Roles.Tenant));
        services.AddSingleton<IAuthorizationPolicyProvider, PagePermissionPolicies>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuditedRefusals>();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = secureCookies ? "__Host-securebase-form" : "securebase-form";
            antiforgery.Cookie.SecurePolicy = secureCookies ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.Path = "/";
        });
        return services;
    }

    private static Task RedirectOrStatus(Microsoft.AspNetCore.Authentication.RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (Hosting.PathKind.IsForPrograms(context.Request.Path))
            context.Response.StatusCode = status;
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
