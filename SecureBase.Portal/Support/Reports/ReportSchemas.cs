using SecureBase.Core.Support.Reports;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Support.Reports;

/// <summary>What the API's document says of reports.</summary>
internal static class ReportSchemas
{
    internal static IReadOnlyList<SchemaFact> All { get; } =
    [
        new(typeof(SupportReport), "lines", "Lines of time are without gaps; the others only those with something in them."),
        new(typeof(ReportLine), "key", "A day (a week's Monday) as 2026-11-22, a month as 2026-11, a slug, a plan, a category, an agent's id or none; all for the totals."),
        new(typeof(ReportLine), "name", "The same for people."),
        new(typeof(ReportLine), "resolved", "Tickets that became resolved or closed and still are; merged ones left out."),
        new(typeof(ReportLine), "replies", "Public messages of staff, by who wrote them."),
        new(typeof(ReportLine), "open_now", "At this moment; absent for lines of time."),
        new(typeof(ReportTimes), "count", "How many there are percentiles of."),
        new(typeof(ReportTimes), "median_seconds", "By the clock on the wall, nights and pauses included; interpolated between the two nearest; absent without any."),
        new(typeof(ReportClocks), "met", "Clocks that ended in time, on the day they ended."),
        new(typeof(ReportClocks), "breached", "Clocks whose time ran out, on the day it did, whether or not they have ended since."),
        new(typeof(ReportClocks), "breach_rate", "0 to 1; absent when none ended in time or ran out."),
        new(typeof(ReportRatings), "satisfied", "Ratings of 4 and 5."),
        new(typeof(ReportRatings), "csat", "The share of the satisfied, 0 to 1; absent without any rating."),
        new(typeof(ReportRatings), "mean", "1 to 5; absent without any rating."),
    ];
}
