using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Portal.Hosting;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Tenants;

/// <summary>A tenant's picture and colour, at its own host. Both stand on the sign-in page, so everybody who knows the address may see them.</summary>
internal static class BrandingEndpoints
{
    // A picture's address names its version and a colour's the colour, so neither ever changes.
    private const string ForEver = "public, max-age=31536000, immutable";

    // The picture opened by itself may do nothing, whatever a browser takes it for.
    private const string NothingAtAll = "default-src 'none'; frame-ancestors 'none'; sandbox";

    internal static void MapBranding(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/branding/logo/{version:guid}", LogoAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/branding/theme.css", Theme).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/tenants/{tenant}/logo/{version:guid}", LogoForStaffAsync)
            .RequireAuthorization(Policies.Staff, PagePermissionPolicies.Prefix + TenantPermissions.Read.Name).ExcludeFromDescription();
    }

    private static async Task<Results<FileContentHttpResult, NotFound>> LogoAsync(Guid version, HttpContext http, TenantContext tenancy, LogoService logos, CancellationToken ct) =>
        tenancy.IsSet && await logos.FindAsync(version, ct) is { } logo ? File(http, logo) : TypedResults.NotFound();

    private static async Task<Results<FileContentHttpResult, NotFound>> LogoForStaffAsync(string tenant, Guid version, HttpContext http, StaffAccess access, CancellationToken ct)
    {
        var entered = await access.EnterAsync(tenant, TenantPermissions.Read, ct);
        if (!entered.IsSuccess)
            return TypedResults.NotFound();
        await using var scope = entered.Value;
        return await scope.Services.GetRequiredService<LogoService>().FindAsync(version, ct) is { } logo ? File(http, logo) : TypedResults.NotFound();
    }

    private static Results<ContentHttpResult, NotFound> Theme(HttpContext http, TenantContext tenancy)
    {
        if (!tenancy.IsSet || tenancy.Tenant.Accent is not { } accent || !AccentPalette.IsColour(accent))
            return TypedResults.NotFound();
        // Without the colour in its address a style sheet would outlive a change of it.
        http.Response.Headers.CacheControl = http.Request.Query["v"] == BrandingLinks.Version(accent) ? ForEver : "no-store";
        http.Response.Headers.ContentSecurityPolicy = NothingAtAll;
        return TypedResults.Content(BrandingLinks.StyleSheet(AccentPalette.Of(accent)), "text/css; charset=utf-8");
    }

    private static FileContentHttpResult File(HttpContext http, LogoFile logo)
    {
        http.Response.Headers.CacheControl = PathKind.IsBranding(http.Request.Path) ? ForEver : "private, max-age=31536000, immutable";
        http.Response.Headers.ContentSecurityPolicy = NothingAtAll;
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("inline") { FileName = "logo" + Extension(logo.ContentType) }.ToString();
        return TypedResults.File(logo.Content, logo.ContentType);
    }

    private static string Extension(string contentType) => contentType switch
    {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/webp" => ".webp",
        _ => throw new ArgumentOutOfRangeException(nameof(contentType), contentType, "No picture of this type is ever stored."),
    };
}
