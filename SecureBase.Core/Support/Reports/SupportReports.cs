using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Reports;

/// <summary>Reports over all tenants, read from the daily roll-ups by the staff role. Reading one counts as looking at the queue.</summary>
public sealed class SupportReports(IDbContextFactory<StaffDb> contexts, StaffAccess access, StaffDirectory staff, UnitOfWork unit, Caller caller)
{
    /// <summary>Three years.</summary>
    public const int DaysMax = 1_096;

    private const int YearMin = 2000;
    private const int YearMax = 2199;
    private const string All = "all";
    private const string Nobody = "none";
    private const string DayFormat = "yyyy-MM-dd";
    private const string MonthFormat = "yyyy-MM";

    /// <summary>Errors: days in the wrong order or more than <see cref="DaysMax"/>, forbidden.</summary>
    public async Task<Result<SupportReport>> ReadAsync(ReportQuery query, ReportDimension by, CancellationToken ct)
    {
        if (!caller.Can(ReportPermissions.Read))
            return await unit.RefuseAsync(ReportPermissions.Read, StaffAccess.ListedQueue, refusal: null, ct);
        if (query.To < query.From)
            return Error.Invalid("to", "The last day lies before the first.");
        if (query.To.DayNumber - query.From.DayNumber >= DaysMax)
            return Error.Invalid("to", $"A report spans at most {DaysMax} days.");
        if (query.From.Year < YearMin || query.To.Year > YearMax)
            return Error.Invalid(query.From.Year < YearMin ? "from" : "to", $"Reports are about days of the years {YearMin} to {YearMax}.");
        await access.RecordQueueAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var open = await OpenAsync(db, query, ct);
        var rows = await RowsAsync(db, query, WireName.Of(by), ct);
        var total = (await RowsAsync(db, query, All, ct)).SingleOrDefault();
        var totals = (total?.ToLine("All") ?? ReportLine.Nothing(All, "All")) with { OpenNow = open.Sum(o => o.Count) };
        var lines = by is ReportDimension.Day or ReportDimension.Week or ReportDimension.Month
            ? OverTime(query, by, rows)
            : await BreakdownAsync(db, by, rows, open, ct);
        return new SupportReport(query.From, query.To, by, totals, lines);
    }

    private static List<ReportLine> OverTime(ReportQuery query, ReportDimension by, List<Row> rows)
    {
        var known = rows.ToDictionary(r => r.Key);
        List<ReportLine> lines = [];
        for (var start = StartOf(query.From, by); start <= query.To; start = by switch { ReportDimension.Day => start.AddDays(1), ReportDimension.Week => start.AddDays(7), _ => start.AddMonths(1) })
        {
            var key = start.ToString(by == ReportDimension.Month ? MonthFormat : DayFormat, CultureInfo.InvariantCulture);
            lines.Add(known.TryGetValue(key, out var row) ? row.ToLine(key) : ReportLine.Nothing(key, key));
        }
        return lines;
    }

    private static DateOnly StartOf(DateOnly day, ReportDimension by) => by switch
    {
        ReportDimension.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        ReportDimension.Month => new DateOnly(day.Year, day.Month, 1),
        _ => day,
    };

    private async Task<IReadOnlyList<ReportLine>> BreakdownAsync(StaffDb db, ReportDimension by, List<Row> rows, List<OpenTickets> open, CancellationToken ct)
    {
        var waiting = open.GroupBy(o => o.Key(by)).ToDictionary(g => g.Key, g => g.Sum(o => o.Count));
        var known = rows.ToDictionary(r => r.Key);
        var keys = known.Keys.Union(waiting.Keys).ToList();
        var names = await NamesAsync(db, by, keys, ct);
        return
        [
            .. keys.Select(key =>
            {
                var name = names.GetValueOrDefault(key, key);
                return (known.TryGetValue(key, out var row) ? row.ToLine(name) : ReportLine.Nothing(key, name)) with { OpenNow = waiting.GetValueOrDefault(key) };
            }).OrderByDescending(l => l.Opened).ThenByDescending(l => l.Replies).ThenBy(l => l.Name, StringComparer.Ordinal),
        ];
    }

    private async Task<Dictionary<string, string>> NamesAsync(StaffDb db, ReportDimension by, List<string> keys, CancellationToken ct)
    {
        if (by == ReportDimension.Tenant)
            return await db.Tenants.Where(t => keys.Contains(t.Slug)).Select(t => new { t.Slug, t.Name }).ToDictionaryAsync(t => t.Slug, t => t.Name, ct);
        if (by != ReportDimension.Agent)
            return [];
        var ids = keys.Where(key => key != Nobody).Select(Guid.Parse).ToList();
        var names = (await staff.NamesAsync(ids, ct)).ToDictionary(p => p.Id.ToString(), p => p.Name);
        foreach (var gone in ids.Select(id => id.ToString()).Where(id => !names.ContainsKey(id)))
            names[gone] = "former member";
        names[Nobody] = "unassigned";
        return names;
    }

    // Not in the roll-ups, which say what happened: how much lies on whose desk at this moment.
    private static async Task<List<OpenTickets>> OpenAsync(StaffDb db, ReportQuery query, CancellationToken ct)
    {
        var tickets = db.Tickets.Where(t => t.Status != TicketStatus.Resolved && t.Status != TicketStatus.Closed);
        if (query.Categories.Count > 0)
            tickets = tickets.Where(t => query.Categories.Contains(t.Category));
        if (query.AgentId is { } agent)
            tickets = agent == Guid.Empty ? tickets.Where(t => t.AssigneeId == null) : tickets.Where(t => t.AssigneeId == agent);
        var tenants = db.Tenants.AsQueryable();
        if (query.Tenants.Count > 0)
            tenants = tenants.Where(o => query.Tenants.Contains(o.Slug));
        if (query.Plans.Count > 0)
            tenants = tenants.Where(o => query.Plans.Contains(o.Plan));
        var groups = await tickets.Join(tenants, t => t.TenantId, o => o.Id, (t, o) => new { o.Slug, o.Plan, t.Category, t.AssigneeId })
            .GroupBy(t => t).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(ct);
        return groups.ConvertAll(g => new OpenTickets(g.Key.Slug, g.Key.Plan, g.Key.Category, g.Key.AssigneeId, g.Count));
    }

    private static Task<List<Row>> RowsAsync(StaffDb db, ReportQuery query, string by, CancellationToken ct)
    {
        string[] tenants = [.. query.Tenants];
        string[] plans = [.. query.Plans.Select(WireName.Of)];
        string[] categories = [.. query.Categories.Select(WireName.Of)];
        Guid[] agents = query.AgentId is { } agent ? [agent] : [];
        return db.Database.SqlQuery<Row>($"""
            with chosen as (
              select case {by}
                  when 'day' then to_char(d.day, 'YYYY-MM-DD') when 'week' then to_char(date_trunc('week', d.day::timestamp), 'YYYY-MM-DD') when 'month' then to_char(d.day, 'YYYY-MM')
                  when 'tenant' then o.slug when 'plan' then d.plan when 'category' then d.category
                  when 'agent' then case when d.agent_id = '00000000-0000-0000-0000-000000000000' then 'none' else d.agent_id::text end
                  else 'all' end as key, d.*
              from support_days d join tenants o on o.id = d.tenant_id
              where d.day between {query.From} and {query.To}
                and (cardinality({tenants}) = 0 or o.slug = any({tenants})) and (cardinality({plans}) = 0 or d.plan = any({plans}))
                and (cardinality({categories}) = 0 or d.category = any({categories})) and (cardinality({agents}) = 0 or d.agent_id = any({agents}))),
            answers as (
              select c.key, percentile_cont(array[0.5, 0.9, 0.95]::double precision[]) within group (order by s.seconds::double precision) as p from chosen c, unnest(c.first_response_seconds) s(seconds) group by c.key),
            resolutions as (
              select c.key, percentile_cont(array[0.5, 0.9, 0.95]::double precision[]) within group (order by s.seconds::double precision) as p from chosen c, unnest(c.resolution_seconds) s(seconds) group by c.key),
            sums as (
              select c.key, sum(c.opened) as opened, sum(c.resolved) as resolved, sum(c.replies) as replies, sum(cardinality(c.first_response_seconds)) as answered,
                sum(c.first_response_met) as first_met, sum(c.first_response_breached) as first_breached, sum(c.next_response_met) as next_met, sum(c.next_response_breached) as next_breached,
                sum(c.resolution_met) as resolution_met, sum(c.resolution_breached) as resolution_breached, sum(c.ratings) as ratings, sum(c.rating_sum) as rating_sum, sum(c.satisfied) as satisfied
              from chosen c group by c.key)
            select s.key as "Key", s.opened::int as "Opened", s.resolved::int as "Resolved", s.replies::int as "Replies", s.answered::int as "Answered",
              a.p[1] as "AnswerMedian", a.p[2] as "AnswerP90", a.p[3] as "AnswerP95", r.p[1] as "ResolutionMedian", r.p[2] as "ResolutionP90", r.p[3] as "ResolutionP95",
              s.first_met::int as "FirstMet", s.first_breached::int as "FirstBreached", s.next_met::int as "NextMet", s.next_breached::int as "NextBreached",
              s.resolution_met::int as "ResolutionMet", s.resolution_breached::int as "ResolutionBreached", s.ratings::int as "Ratings", s.rating_sum::int as "RatingSum", s.satisfied::int as "Satisfied"
            from sums s left join answers a on a.key = s.key left join resolutions r on r.key = s.key
            """).ToListAsync(ct);
    }

    private sealed record OpenTickets(string Slug, Plan Plan, TicketCategory Category, Guid? AssigneeId, int Count)
    {
        internal string Key(ReportDimension by) => by switch
        {
            ReportDimension.Tenant => Slug,
            ReportDimension.Plan => WireName.Of(Plan),
            ReportDimension.Category => WireName.Of(Category),
            _ => AssigneeId?.ToString() ?? Nobody,
        };
    }

    private sealed record Row(
        string Key, int Opened, int Resolved, int Replies, int Answered, double? AnswerMedian, double? AnswerP90, double? AnswerP95, double? ResolutionMedian, double? ResolutionP90, double? ResolutionP95,
        int FirstMet, int FirstBreached, int NextMet, int NextBreached, int ResolutionMet, int ResolutionBreached, int Ratings, int RatingSum, int Satisfied)
    {
        internal ReportLine ToLine(string name) => new(Key, name, Opened, Resolved, Replies,
            new ReportTimes(Answered, Seconds(AnswerMedian), Seconds(AnswerP90), Seconds(AnswerP95)),
            new ReportTimes(Resolved, Seconds(ResolutionMedian), Seconds(ResolutionP90), Seconds(ResolutionP95)),
            new ReportClocks(FirstMet, FirstBreached), new ReportClocks(NextMet, NextBreached), new ReportClocks(ResolutionMet, ResolutionBreached),
            new ReportRatings(Ratings, Satisfied, Ratings == 0 ? null : (double)RatingSum / Ratings));

        private static long? Seconds(double? value) => value is { } seconds ? (long)Math.Round(seconds) : null;
    }
}
