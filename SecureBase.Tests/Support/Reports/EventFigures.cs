using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Tests.Support.Reports;

/// <summary>The figures of a report worked out a second way: ticket by ticket from the events that were recorded, without any roll-up, view or stored clock.</summary>
internal sealed class EventFigures
{
    private readonly List<Figure> _figures = [];

    private enum What { Opened, Resolved, Reply, FirstResponse, Rating, Met, Breached }

    internal static async Task<EventFigures> ReadAsync(SupportHistory history)
    {
        await using var scope = history.Tenant.SystemScope();
        var db = scope.Get<SecureBaseDb>();
        var figures = new EventFigures();
        var terms = await scope.Get<TermsBook>().ReadAsync(db, history.Now, CancellationToken.None);
        var agents = new Dictionary<string, Guid> { [history.Agent.Name] = history.Agent.Id };
        var categories = await db.Tickets.ToDictionaryAsync(t => t.Id, t => t.Category);
        foreach (var ticket in (await db.TicketEvents.AsNoTracking().ToListAsync()).GroupBy(e => e.TicketId))
            figures.Add([.. ticket.OrderBy(e => e.Sequence)], categories[ticket.Key], terms, agents, history.Now);
        return figures;
    }

    /// <summary>What the events say of the line with this key; its name and what is open now are not theirs to say.</summary>
    internal ReportLine Line(ReportDimension by, ReportLine line)
    {
        var figures = line.Key == "all" ? _figures : [.. _figures.Where(f => f.Key(by) == line.Key)];
        var scores = figures.Where(f => f.What == What.Rating).Select(f => f.Amount).ToList();
        return line with
        {
            Opened = figures.Count(f => f.What == What.Opened),
            Resolved = figures.Count(f => f.What == What.Resolved),
            Replies = figures.Count(f => f.What == What.Reply),
            FirstResponse = Times(figures.Where(f => f.What == What.FirstResponse)),
            Resolution = Times(figures.Where(f => f.What == What.Resolved)),
            FirstResponseSla = Clocks(figures, SlaMetric.FirstResponse),
            NextResponseSla = Clocks(figures, SlaMetric.NextResponse),
            ResolutionSla = Clocks(figures, SlaMetric.Resolution),
            Ratings = new ReportRatings(scores.Count, scores.Count(s => s >= 4), scores.Count == 0 ? null : scores.Sum() / scores.Count),
        };
    }

    private void Add(List<TicketEvent> events, TicketCategory category, IReadOnlyList<SlaTerms> terms, Dictionary<string, Guid> agents, DateTimeOffset now)
    {
        var created = events[0].At;
        string? mergedInto = null;
        Guid? assignee = null;
        DateTimeOffset? resolved = null;
        TicketEvent? rated = null;
        foreach (var happened in events)
        {
            switch (happened.Type)
            {
                case TicketEventType.Merged: mergedInto = happened.RelatedNumber; break;
                case TicketEventType.Unmerged when happened.RelatedNumber == mergedInto: mergedInto = null; break;
                case TicketEventType.Assigned: assignee = happened.AssigneeName is { } name ? agents[name] : null; break;
                case TicketEventType.Rated: rated = happened; break;
                case TicketEventType.StatusChanged: resolved = happened.Status is TicketStatus.Resolved or TicketStatus.Closed ? resolved ?? happened.At : null; break;
            }
        }
        var isMerged = mergedInto is not null;
        Count(created, What.Opened);
        foreach (var reply in events.Where(e => e.Type == TicketEventType.StaffReply))
            _figures.Add(new Figure(reply.At, reply.ActorId, category, What.Reply));
        if (rated is not null)
            Count(rated.At, What.Rating, rated.Score!.Value);
        if (!isMerged && events.Find(e => e.Type == TicketEventType.StaffReply) is { } first)
            Count(first.At, What.FirstResponse, Math.Floor((first.At - created).TotalSeconds));
        if (!isMerged && resolved is { } done)
            Count(done, What.Resolved, Math.Floor((done - created).TotalSeconds));
        foreach (var clock in SlaLedger.Clocks(terms, TicketPriority.Medium, [.. events.SelectMany(Moves)], now))
        {
            if (clock.State == SlaClockState.Breached)
                Count(clock.ReachedTargetAt!.Value, What.Breached, metric: clock.Metric);
            else if (clock.EndedAt is { } ended && !isMerged)
                Count(ended, What.Met, metric: clock.Metric);
        }

        void Count(DateTimeOffset at, What what, double amount = 0, SlaMetric metric = default) => _figures.Add(new Figure(at, assignee, category, what, amount, metric));
    }

    private static IEnumerable<SlaEvent> Moves(TicketEvent happened) =>
        Enum.TryParse<SlaEventType>(happened.Type.ToString(), out var type) ? [new SlaEvent(happened.At, type, happened.Status, happened.Priority)] : [];

    private static ReportClocks Clocks(IReadOnlyCollection<Figure> figures, SlaMetric metric) =>
        new(figures.Count(f => f.What == What.Met && f.Metric == metric), figures.Count(f => f.What == What.Breached && f.Metric == metric));

    // By its definition: the value at (n - 1) · p of the sorted ones, between two by its share.
    private static ReportTimes Times(IEnumerable<Figure> figures)
    {
        var sorted = figures.Select(f => f.Amount).Order().ToList();
        return sorted.Count == 0 ? new ReportTimes(0, null, null, null) : new ReportTimes(sorted.Count, At(.5), At(.9), At(.95));

        long At(double p)
        {
            var place = (sorted.Count - 1) * p;
            var below = (int)place;
            var above = Math.Min(below + 1, sorted.Count - 1);
            return (long)Math.Round(sorted[below] + ((sorted[above] - sorted[below]) * (place - below)));
        }
    }

    private sealed record Figure(DateTimeOffset At, Guid? AgentId, TicketCategory Category, What What, double Amount = 0, SlaMetric Metric = default)
    {
        internal string Key(ReportDimension by) => by switch
        {
            ReportDimension.Day => Day(At.UtcDateTime),
            ReportDimension.Week => Day(At.UtcDateTime.AddDays(-(((int)At.UtcDateTime.DayOfWeek + 6) % 7))),
            ReportDimension.Month => At.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            ReportDimension.Category => Category.ToString().ToLowerInvariant(),
            ReportDimension.Plan => "government",
            _ => AgentId?.ToString() ?? "none",
        };

        private static string Day(DateTime at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
