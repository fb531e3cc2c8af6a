using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenants;
using SecureBase.Core.Tenants.Exports;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Tenants;

/// <summary>Finished exports for download: by the organisation's admins at their own host, by staff in the admin area.</summary>
internal static class ExportEndpoints
{
    private const string NothingAtAll = "default-src 'none'; frame-ancestors 'none'; sandbox";

    internal static void MapExports(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/settings/exports/{id:guid}", OwnAsync)
            .RequireAuthorization(Policies.Customer, PagePermissionPolicies.Prefix + TenantPermissions.Settings.Name).ExcludeFromDescription();
        routes.MapGet("/tenants/{tenant}/exports/{id:guid}", ForStaffAsync)
            .RequireAuthorization(Policies.Staff, PagePermissionPolicies.Prefix + TenantPermissions.Manage.Name).ExcludeFromDescription();
    }

    private static Task<Results<EmptyHttpResult, NotFound>> OwnAsync(Guid id, HttpContext http) => SendAsync(http.RequestServices, id, http);

    private static async Task<Results<EmptyHttpResult, NotFound>> ForStaffAsync(string tenant, Guid id, HttpContext http, StaffAccess access)
    {
        var entered = await access.EnterAsync(tenant, TenantPermissions.Manage, http.RequestAborted);
        if (!entered.IsSuccess)
            return TypedResults.NotFound();
        await using var scope = entered.Value;
        return await SendAsync(scope.Services, id, http);
    }

    private static async Task<Results<EmptyHttpResult, NotFound>> SendAsync(IServiceProvider services, Guid id, HttpContext http)
    {
        var ct = http.RequestAborted;
        await using var db = await services.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(ct);
        var opened = await services.GetRequiredService<ExportService>().OpenAsync(id, db, ct);
        if (!opened.IsSuccess)
            return TypedResults.NotFound();
        var file = opened.Value;
        var headers = http.Response.Headers;
        headers.ContentType = "application/zip";
        headers.ContentLength = file.Size;
        headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = file.Name }.ToString();
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = NothingAtAll;
        headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(file.Sha256))}:";
        await foreach (var piece in file.Content.WithCancellation(ct))
            await http.Response.Body.WriteAsync(piece, ct);
        return TypedResults.Empty;
    }
}
