using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Trust;

/// <summary>What a customer can see of how their data is kept apart.</summary>
internal static class TrustFeature
{
    internal static IServiceCollection AddTrust(this IServiceCollection services)
    {
        services.AddOptions<CertificateOptions>().BindConfiguration(CertificateOptions.Section);
        services.AddSingleton<CertificateFile>();
        services.AddNavigation(
            new NavigationItem(NavigationArea.Customer, "Isolation", "/isolation", IconName.Shield, 85) { Permission = TrustPermissions.ReadCertificate },
            new NavigationItem(NavigationArea.Staff, "Isolation", "/isolation", IconName.Shield, 85) { Permission = TrustPermissions.ReadCertificate });
        return services;
    }

    internal static void MapTrust(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/isolation/certificate.json", async Task<IResult> (CertificateFile certificates, HttpContext http) =>
        {
            if (await certificates.FindAsync(http.RequestAborted) is not { } certificate)
                return Results.NotFound();
            http.Response.Headers.ContentDisposition = "attachment; filename=\"isolation-certificate.json\"";
            return Results.Json(certificate, WireJson.Options);
        }).RequireAuthorization(new PagePermissionAttribute(TrustPermissions.CertificateRead)).ExcludeFromDescription();
}
