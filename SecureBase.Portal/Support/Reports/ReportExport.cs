using System.Globalization;
using System.Text;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support.Reports;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Support.Reports;

/// <summary><c>/reports/export</c>: the last table of the reports page as CSV, with the same address behind the question mark.</summary>
internal static class ReportExport
{
    private const string Figures = "opened,resolved,replies,open_now,"
        + "first_response_count,first_response_median_seconds,first_response_p90_seconds,first_response_p95_seconds,"
        + "resolution_count,resolution_median_seconds,resolution_p90_seconds,resolution_p95_seconds,"
        + "first_response_sla_met,first_response_sla_breached,next_response_sla_met,next_response_sla_breached,resolution_sla_met,resolution_sla_breached,breach_rate,"
        + "ratings,satisfied,csat,mean_score";

    internal static void MapReportExport(this IEndpointRouteBuilder routes) => routes.MapGet("/reports/export", ExportAsync)
        .RequireAuthorization(PagePermissionPolicies.Prefix + ReportPermissions.Read.Name);

    private static async Task ExportAsync(HttpContext http, SupportReports reports, TimeProvider clock)
    {
        var state = ReportState.Parse(http.Request.Query.ToDictionary(q => q.Key, q => (string?)q.Value.ToString()));
        var report = await reports.ReadAsync(state.ToQuery(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)), state.By, http.RequestAborted);
        if (!report.IsSuccess)
        {
            http.Response.StatusCode = report.Error.Kind == ErrorKind.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;
            return;
        }
        var name = string.Create(CultureInfo.InvariantCulture, $"support-by-{WireName.Of(state.By)}-{report.Value.From:yyyyMMdd}-{report.Value.To:yyyyMMdd}.csv");
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        // Spreadsheets read a file without the mark in the encoding of their country.
        await using var text = new StreamWriter(http.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await text.WriteAsync(Text(report.Value));
    }

    /// <summary>The whole file: a heading, a line each, the totals.</summary>
    internal static string Text(SupportReport report)
    {
        var text = new StringBuilder($"{WireName.Of(report.GroupBy)},name,{Figures}\r\n");
        foreach (var line in report.Lines.Append(report.Totals))
            text.AppendJoin(',', Fields(line)).Append("\r\n");
        return text.ToString();
    }

    private static IEnumerable<string> Fields(ReportLine line) =>
    [
        CsvText.Field(line.Key), CsvText.Field(line.Name), Of(line.Opened), Of(line.Resolved), Of(line.Replies), Of(line.OpenNow),
        .. Of(line.FirstResponse), .. Of(line.Resolution), .. Of(line.FirstResponseSla), .. Of(line.NextResponseSla), .. Of(line.ResolutionSla), Of(line.Sla.BreachRate),
        Of(line.Ratings.Count), Of(line.Ratings.Satisfied), Of(line.Ratings.Csat), Of(line.Ratings.Mean),
    ];

    private static string[] Of(ReportTimes times) => [Of(times.Count), Of(times.MedianSeconds), Of(times.P90Seconds), Of(times.P95Seconds)];

    private static string[] Of(ReportClocks clocks) => [Of(clocks.Met), Of(clocks.Breached)];

    private static string Of(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Of(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";
}
