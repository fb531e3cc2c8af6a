using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Reports;

/// <summary>What a report has a line for each of.</summary>
public enum ReportDimension
{
    Day,
    /// <summary>From Monday to Sunday.</summary>
    Week,
    Month,
    Tenant,
    /// <summary>The plan that held at the time.</summary>
    Plan,
    Category,
    /// <summary>Whose ticket it is; replies count for who wrote them.</summary>
    Agent,
}

/// <summary>Which part of the support's history.</summary>
public sealed record ReportQuery
{
    /// <summary>The first day, UTC.</summary>
    public required DateOnly From { get; init; }
    /// <summary>The last day, UTC.</summary>
    public required DateOnly To { get; init; }
    /// <summary>Slugs; empty means all.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];
    public IReadOnlyList<Plan> Plans { get; init; } = [];
    public IReadOnlyList<TicketCategory> Categories { get; init; } = [];
    /// <summary><see cref="Guid.Empty"/> for what nobody has.</summary>
    public Guid? AgentId { get; init; }
}

/// <summary>True percentiles over every ticket, interpolated between the two nearest; null without any. Whole seconds by the clock on the wall: nights and pauses included.</summary>
public sealed record ReportTimes(int Count, long? MedianSeconds, long? P90Seconds, long? P95Seconds);

/// <summary>Service-level clocks that were decided in the period: one that ended in time when it ended, a late one when its time ran out, whether or not it has ended since.</summary>
public sealed record ReportClocks(int Met, int Breached)
{
    /// <summary>0–1; null when none was decided.</summary>
    public double? BreachRate => Met + Breached == 0 ? null : (double)Breached / (Met + Breached);
}

/// <summary>Ratings given in the period.</summary>
/// <param name="Satisfied">Those of 4 and 5.</param>
/// <param name="Mean">1–5; null without any.</param>
public sealed record ReportRatings(int Count, int Satisfied, double? Mean)
{
    /// <summary>The share of the satisfied, 0–1; null without any rating.</summary>
    public double? Csat => Count == 0 ? null : (double)Satisfied / Count;
}

/// <summary>One line of a report.</summary>
/// <param name="Key">A day (a week's Monday) as 2026-11-22, a month as 2026-11, a slug, a contract word, an agent's id or <c>none</c>; <c>all</c> for the totals.</param>
/// <param name="Name">The same for people.</param>
public sealed record ReportLine(string Key, string Name, int Opened, int Resolved, int Replies, ReportTimes FirstResponse, ReportTimes Resolution,
    ReportClocks FirstResponseSla, ReportClocks NextResponseSla, ReportClocks ResolutionSla, ReportRatings Ratings)
{
    /// <summary>How many tickets are open at this moment; null for lines of time.</summary>
    public int? OpenNow { get; init; }

    /// <summary>All kinds of clock together.</summary>
    public ReportClocks Sla => new(FirstResponseSla.Met + NextResponseSla.Met + ResolutionSla.Met, FirstResponseSla.Breached + NextResponseSla.Breached + ResolutionSla.Breached);

    internal static ReportLine Nothing(string key, string name) =>
        new(key, name, 0, 0, 0, new(0, null, null, null), new(0, null, null, null), new(0, 0), new(0, 0), new(0, 0), new(0, 0, null));
}

/// <summary>A report: the sum of everything, and a line for each of what it is by. Lines of time are without gaps; the others only those with something in them.</summary>
public sealed record SupportReport(DateOnly From, DateOnly To, ReportDimension GroupBy, ReportLine Totals, IReadOnlyList<ReportLine> Lines);
