using System.Globalization;
using SecureBase.Core.Support.Reports;

namespace SecureBase.Portal.Support.Reports;

/// <summary>What each chart says, in one sentence.</summary>
internal static class ReportSentences
{
    internal static string Volume(SupportReport report)
    {
        var totals = report.Totals;
        var days = report.To.DayNumber - report.From.DayNumber + 1;
        var perDay = ((double)totals.Opened / days).ToString(totals.Opened < days ? "0.##" : "0.#", CultureInfo.GetCultureInfo("en-GB"));
        return $"{Counted(totals.Opened, "ticket")} opened, {perDay} a day, and {ReportWords.Number(totals.Resolved)} resolved; {ReportWords.Number(totals.OpenNow ?? 0)} are open now.";
    }

    internal static string FirstResponse(ReportLine totals) => Times(totals.FirstResponse, "No first reply was given.", "first replies came");

    internal static string Resolution(ReportLine totals) => Times(totals.Resolution, "Nothing was resolved.", "resolutions came");

    internal static string Breaches(ReportLine totals)
    {
        if (totals.Sla.BreachRate is not { } rate)
            return "No clock ended or ran out.";
        var kinds = $"first response {ReportWords.Share(totals.FirstResponseSla.BreachRate)}, next response {ReportWords.Share(totals.NextResponseSla.BreachRate)}, resolution {ReportWords.Share(totals.ResolutionSla.BreachRate)}";
        return $"{ReportWords.Number(totals.Sla.Breached)} of {Counted(totals.Sla.Met + totals.Sla.Breached, "clock")} ran over, {ReportWords.Share(rate)}: {kinds}.";
    }

    internal static string Satisfaction(ReportLine totals) => totals.Ratings.Csat is { } share
        ? $"{Counted(totals.Ratings.Count, "rating")}: {ReportWords.Share(share)} satisfied (4 or 5), {ReportWords.Score(totals.Ratings.Mean)} of 5 on average."
        : "Nothing was rated.";

    internal static string Load(SupportReport agents)
    {
        var working = agents.Lines.Where(l => l.Key != "none" && (l.Replies > 0 || l.OpenNow > 0)).ToList();
        if (working.Count == 0)
            return "Nobody replied, and nobody has an open ticket.";
        var unassigned = agents.Lines.FirstOrDefault(l => l.Key == "none")?.OpenNow ?? 0;
        var most = working.MaxBy(l => l.OpenNow)!;
        return $"{Counted(working.Sum(l => l.Replies), "reply", "replies")} by {Counted(working.Count(l => l.Replies > 0), "agent")}; {most.Name} has the most open tickets, {ReportWords.Number(most.OpenNow ?? 0)}, and {ReportWords.Number(unassigned)} are unassigned.";
    }

    private static string Times(ReportTimes times, string none, string what) => times.Count switch
    {
        0 => none,
        1 => $"The only one came after {ReportWords.Length(times.MedianSeconds)}.",
        _ => $"Half of {ReportWords.Number(times.Count)} {what} within {ReportWords.Length(times.MedianSeconds)}, 90 % within {ReportWords.Length(times.P90Seconds)}, 95 % within {ReportWords.Length(times.P95Seconds)}.",
    };

    private static string Counted(int count, string one, string? many = null) => $"{ReportWords.Number(count)} {(count == 1 ? one : many ?? one + "s")}";
}
