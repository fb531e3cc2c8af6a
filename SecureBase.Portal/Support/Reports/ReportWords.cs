using System.Globalization;
using SecureBase.Core.Support.Reports;
using SecureBase.Portal.Support.Sla;

namespace SecureBase.Portal.Support.Reports;

/// <summary>Figures of reports, for people.</summary>
internal static class ReportWords
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>What is shown where there is nothing to measure.</summary>
    internal const string None = "–";

    /// <summary><c>26 Nov 2026</c>.</summary>
    internal static string Day(DateOnly day) => day.ToString("d MMM yyyy", English);

    internal static string Number(int value) => value.ToString("N0", English);

    internal static string Length(long? seconds) => seconds is { } known ? SlaWords.Length(known) : None;

    /// <summary><c>12.5 %</c>.</summary>
    internal static string Share(double? share) => share is { } known ? string.Create(English, $"{known * 100:0.#} %") : None;

    /// <summary><c>4.2</c>.</summary>
    internal static string Score(double? mean) => mean is { } known ? known.ToString("0.0", English) : None;

    /// <summary>A line of time as an axis names it: <c>26 Nov</c>, a week by its Monday, <c>Nov 2026</c>.</summary>
    internal static string Period(ReportDimension by, string key) => by == ReportDimension.Month
        ? DateOnly.ParseExact(key, "yyyy-MM", CultureInfo.InvariantCulture).ToString("MMM yyyy", English)
        : DateOnly.ParseExact(key, "yyyy-MM-dd", CultureInfo.InvariantCulture).ToString("d MMM", English);

    internal static string Name(ReportDimension by) => by switch
    {
        ReportDimension.Day => "Day",
        ReportDimension.Week => "Week from",
        ReportDimension.Month => "Month",
        ReportDimension.Tenant => "Tenant",
        ReportDimension.Plan => "Plan",
        ReportDimension.Category => "Category",
        _ => "Agent",
    };

    /// <summary>What a line is called in a table.</summary>
    internal static string Name(ReportDimension by, ReportLine line) => by is ReportDimension.Day or ReportDimension.Week or ReportDimension.Month ? Period(by, line.Key) : line.Name;
}
