using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Auditing;

/// <summary><c>/audit/export</c>: what the audit page shows, all of it, as a file. Streamed, so its length is bounded by nothing.</summary>
internal static class AuditExport
{
    private const string Csv = "csv";
    private const string JsonLines = "jsonl";

    internal static void MapAuditExport(this IEndpointRouteBuilder routes) => routes.MapGet("/audit/export", ExportAsync)
        .RequireAuthorization(PagePermissionPolicies.Prefix + AuditPermissions.Read.Name);

    private static async Task ExportAsync(HttpContext http, AuditLogService own, StaffAccess access, TenantContext tenancy, TimeProvider clock)
    {
        var ct = http.RequestAborted;
        var state = AuditState.Parse(http.Request.Query.ToDictionary(q => q.Key, q => (string?)q.Value.ToString()));
        var filter = state.ToFilter(ViewerTime.In(http.Request.Cookies["tz"], clock));
        var format = http.Request.Query["format"] == JsonLines ? JsonLines : Csv;
        if (state.Tenant is not { } slug || !tenancy.Tenant.IsOperator)
        {
            await SendAsync(http, await own.ExportAsync(filter, format, ct), format, tenancy.Tenant.Slug, clock, ct);
            return;
        }
        var entered = await access.EnterAsync(slug, ct);
        if (!entered.IsSuccess)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        await using var scope = entered.Value;
        await SendAsync(http, await scope.Services.GetRequiredService<AuditLogService>().ExportAsync(filter, format, ct), format, scope.Tenant.Slug, clock, ct);
    }

    private static async Task SendAsync(HttpContext http, Result<IAsyncEnumerable<AuditEntryView>> entries, string format, string slug, TimeProvider clock, CancellationToken ct)
    {
        if (!entries.IsSuccess)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        var name = $"audit-{slug}-{clock.GetUtcNow():yyyyMMdd-HHmm}.{format}";
        http.Response.ContentType = format == Csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (format == Csv)
            await AuditExportText.WriteCsvAsync(http.Response.Body, entries.Value, ct);
        else
            await AuditExportText.WriteJsonLinesAsync(http.Response.Body, entries.Value, ct);
    }
}
