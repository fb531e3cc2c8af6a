using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Support.Reports;

public enum ReportPeriod { Week, Month, Quarter, Year }

/// <summary>What the reports show, as their address. Days are UTC, so that all who read a report read the same.</summary>
public sealed record ReportState
{
    private const string Date = "yyyy-MM-dd";

    public ReportPeriod Period { get; init; } = ReportPeriod.Month;
    /// <summary>The first and the last day instead of a period.</summary>
    public DateOnly? From { get; init; }
    public DateOnly? To { get; init; }
    public IReadOnlyList<string> Tenants { get; init; } = [];
    public IReadOnlyList<Plan> Plans { get; init; } = [];
    public IReadOnlyList<TicketCategory> Categories { get; init; } = [];
    /// <summary><see cref="Guid.Empty"/> for what nobody has.</summary>
    public Guid? AgentId { get; init; }
    /// <summary>What the last table has a line for each of.</summary>
    public ReportDimension By { get; init; } = ReportDimension.Tenant;

    public bool IsFiltered => Tenants.Count > 0 || Plans.Count > 0 || Categories.Count > 0 || AgentId is not null;

    public ReportState Unfiltered => new() { Period = Period, From = From, To = To, By = By };

    public string Url => Address("/reports");

    /// <summary>The address that downloads the last table.</summary>
    public string Export => Address("/reports/export");

    public static string Words(ReportPeriod period) => period switch
    {
        ReportPeriod.Week => "last 7 days",
        ReportPeriod.Month => "last 30 days",
        ReportPeriod.Quarter => "last 90 days",
        _ => "last 365 days",
    };

    public string PeriodWords => (From, To) switch
    {
        ({ } first, { } last) => $"{ReportWords.Day(first)} to {ReportWords.Day(last)}",
        ({ } first, null) => $"since {ReportWords.Day(first)}",
        (null, { } last) => $"the 30 days until {ReportWords.Day(last)}",
        _ => Words(Period),
    };

    /// <summary>Day by day for a month, week by week for half a year, else month by month.</summary>
    public static ReportDimension Grain(ReportQuery query) => (query.To.DayNumber - query.From.DayNumber) switch
    {
        <= 31 => ReportDimension.Day,
        <= 190 => ReportDimension.Week,
        _ => ReportDimension.Month,
    };

    /// <param name="today">The present day, UTC.</param>
    public ReportQuery ToQuery(DateOnly today)
    {
        var last = To ?? today;
        var first = From ?? last.AddDays(-29);
        if (From is null && To is null)
            first = today.AddDays(Period switch { ReportPeriod.Week => -6, ReportPeriod.Month => -29, ReportPeriod.Quarter => -89, _ => -364 });
        // An address with the days the wrong way round means the same days.
        if (last < first)
            (first, last) = (last, first);
        if (last.DayNumber - first.DayNumber >= SupportReports.DaysMax)
            first = last.AddDays(1 - SupportReports.DaysMax);
        return new ReportQuery { From = first, To = last, Tenants = Tenants, Plans = Plans, Categories = Categories, AgentId = AgentId };
    }

    internal static ReportState Parse(IReadOnlyDictionary<string, string?> query)
    {
        return new ReportState
        {
            Period = WireName.TryParse<ReportPeriod>(Said("period"), out var period) ? period : ReportPeriod.Month,
            From = Day("from"),
            To = Day("to"),
            Tenants = [.. QueryText.Split(Said("tenant")).Where(slug => TenantSlug.IsWellFormed(slug))],
            Plans = QueryText.Words<Plan>(Said("plan")),
            Categories = QueryText.Words<TicketCategory>(Said("category")),
            AgentId = QueryText.Assignee(Said("agent")),
            By = WireName.TryParse<ReportDimension>(Said("by"), out var by) ? by : ReportDimension.Tenant,
        };

        string? Said(string name) => query.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;
        DateOnly? Day(string name) => DateOnly.TryParseExact(Said(name), Date, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 2000 and < 2200 ? day : null;
    }

    private string Address(string path) => QueryText.Url(path,
        ("period", Period == ReportPeriod.Month || From is not null || To is not null ? null : WireName.Of(Period)),
        ("from", From?.ToString(Date, CultureInfo.InvariantCulture)),
        ("to", To?.ToString(Date, CultureInfo.InvariantCulture)),
        ("tenant", QueryText.Join(Tenants)),
        ("plan", QueryText.Join(Plans)),
        ("category", QueryText.Join(Categories)),
        ("agent", QueryText.Assignee(AgentId)),
        ("by", By == ReportDimension.Tenant ? null : WireName.Of(By)));
}
