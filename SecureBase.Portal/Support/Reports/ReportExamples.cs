using SecureBase.Core.Support.Reports;

namespace SecureBase.Portal.Support.Reports;

/// <summary>The example of the API's document.</summary>
internal static class ReportExamples
{
    internal static SupportReport Report { get; } = new(new DateOnly(2026, 11, 1), new DateOnly(2026, 11, 30), ReportDimension.Tenant, Line("all", "All"), [Line("acme", "Acme Health")]);

    private static ReportLine Line(string key, string name) => new(key, name, 42, 39, 118,
        new ReportTimes(40, 1_260, 7_380, 10_920), new ReportTimes(39, 21_600, 93_600, 176_400),
        new ReportClocks(38, 2), new ReportClocks(61, 3), new ReportClocks(36, 3), new ReportRatings(12, 11, 4.6))
    {
        OpenNow = 7,
    };
}
