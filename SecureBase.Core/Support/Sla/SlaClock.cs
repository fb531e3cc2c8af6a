using System.Globalization;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Sla;

public enum SlaClockState { Running, Paused, Met, Breached }

public enum SlaSegmentKind
{
    /// <summary>The time counts.</summary>
    Running,
    /// <summary>It does not, because of the ticket's status.</summary>
    Paused,
    /// <summary>It does not, because it lies outside business hours.</summary>
    Closed,
}

/// <summary>A stretch of a clock's life and the rule that made it what it is.</summary>
/// <param name="From">Included.</param>
/// <param name="To">Excluded.</param>
/// <param name="Reason">The rule, for people.</param>
/// <param name="Terms">The policy and the calendar the rule stands in.</param>
public sealed record SlaSegment(DateTimeOffset From, DateTimeOffset To, SlaSegmentKind Kind, string Reason, SlaTerms Terms);

/// <summary>One promise on a ticket, as it stands at the instant the ledger was asked for.</summary>
public sealed class SlaClock
{
    private static readonly TimeSpan WarningLead = TimeSpan.FromMinutes(15);

    private readonly List<Stretch> _stretches = [];
    private Stretch _current;

    internal SlaClock(SlaMetric metric, int cycle, DateTimeOffset startedAt, TimeSpan target, TicketStatus status, SlaTerms terms)
    {
        (Metric, Cycle, StartedAt, Target) = (metric, cycle, startedAt, target);
        _current = new Stretch(startedAt, startedAt, PaceIn(status, terms), status, terms);
    }

    private enum Pace { Running, Paused, Ended }

    public SlaMetric Metric { get; }
    /// <summary>1, 2, 3 … for the next responses; 1 for the others.</summary>
    public int Cycle { get; }
    public DateTimeOffset StartedAt { get; }
    /// <summary>Null while it is open.</summary>
    public DateTimeOffset? EndedAt { get; private set; }
    public TimeSpan Target { get; private set; }
    /// <summary>How much time has counted.</summary>
    public TimeSpan Elapsed { get; private set; }
    public SlaClockState State { get; private set; }
    /// <summary>
    /// When <see cref="Elapsed"/> reaches <see cref="Target"/> if nothing pauses the clock any more; for an ended clock, when it would have;
    /// for a breached one, when it did. Null while the ticket's status pauses it, and when that lies beyond <see cref="BusinessCalendar.LastYear"/>.
    /// </summary>
    public DateTimeOffset? DueAt { get; private set; }
    /// <summary>When the warning is due: at three quarters of the target or 15 counted minutes before its end, whichever comes first. Like <see cref="DueAt"/> otherwise.</summary>
    public DateTimeOffset? WarnAt { get; private set; }
    /// <summary>When <see cref="Elapsed"/> did reach <see cref="Target"/>, paused since or not; null while it has not.</summary>
    public DateTimeOffset? ReachedTargetAt { get; private set; }
    /// <summary>When <see cref="Elapsed"/> did reach the warning, paused since or not; null while it has not.</summary>
    public DateTimeOffset? ReachedWarningAt { get; private set; }

    public bool IsEnded => EndedAt is not null;

    /// <summary>Whether the ticket's status holds it now.</summary>
    public bool IsPaused => _current.Pace == Pace.Paused;

    /// <summary>The clock's life without gaps, from its start to its end or to the instant asked for. Worked out anew by each call.</summary>
    public IEnumerable<SlaSegment> Segments() => _stretches.SelectMany(SegmentsOf);

    internal void Retarget(TimeSpan target)
    {
        if (!IsEnded)
            Target = target;
    }

    /// <summary>The ticket has taken a status, or terms hold from now on.</summary>
    internal void Follow(DateTimeOffset at, TicketStatus status, SlaTerms terms)
    {
        if (!IsEnded)
            Turn(at, PaceIn(status, terms), status, terms);
    }

    internal void End(DateTimeOffset at, TicketStatus status)
    {
        if (IsEnded)
            return;
        Turn(at, Pace.Ended, status, _current.Terms);
        EndedAt = at;
    }

    internal void Resume(DateTimeOffset at, TicketStatus status, SlaTerms terms)
    {
        EndedAt = null;
        Turn(at, PaceIn(status, terms), status, terms);
    }

    /// <summary>Works out what follows from the clock's life up to <paramref name="now"/>.</summary>
    internal void Settle(DateTimeOffset now)
    {
        var last = _current;
        if (!IsEnded)
            Leave(now);
        Elapsed = TimeSpan.Zero;
        foreach (var stretch in _stretches)
            Elapsed += stretch.Counted;
        State = Elapsed > Target ? SlaClockState.Breached : IsEnded ? SlaClockState.Met : IsPaused ? SlaClockState.Paused : SlaClockState.Running;
        var warning = WarningAfter(Target);
        (ReachedTargetAt, ReachedWarningAt) = (ReachedAt(Target), ReachedAt(warning));
        if (!IsEnded && IsPaused)
            return;
        DueAt = ReachedTargetAt ?? last.Terms.Calendar.After(EndedAt ?? now, Target - Elapsed);
        WarnAt = ReachedWarningAt ?? last.Terms.Calendar.After(EndedAt ?? now, warning - Elapsed);
    }

    /// <summary>How much of a target counts before the warning.</summary>
    internal static TimeSpan WarningAfter(TimeSpan target)
    {
        var (quarters, lead) = (target * 0.75, target - WarningLead);
        return lead <= TimeSpan.Zero ? TimeSpan.Zero : quarters < lead ? quarters : lead;
    }

    private Pace PaceIn(TicketStatus status, SlaTerms terms) => terms.Policy.Pauses(Metric, status) ? Pace.Paused : Pace.Running;

    private void Turn(DateTimeOffset at, Pace pace, TicketStatus status, SlaTerms terms)
    {
        var statusMatters = pace != Pace.Running && status != _current.Status;
        if (pace == _current.Pace && !statusMatters && ReferenceEquals(terms, _current.Terms))
            return;
        Leave(at);
        _current = new Stretch(at, at, pace, status, terms);
    }

    private void Leave(DateTimeOffset at)
    {
        if (at > _current.From)
            _stretches.Add(_current with { To = at });
    }

    private DateTimeOffset? ReachedAt(TimeSpan elapsed)
    {
        var missing = elapsed;
        foreach (var stretch in _stretches)
        {
            var counted = stretch.Counted;
            if (stretch.Pace == Pace.Running && counted >= missing)
                return stretch.Terms.Calendar.After(stretch.From, missing);
            missing -= counted;
        }
        return null;
    }

    private IEnumerable<SlaSegment> SegmentsOf(Stretch stretch)
    {
        if (stretch.Pace != Pace.Running)
            return [new SlaSegment(stretch.From, stretch.To, SlaSegmentKind.Paused, $"{(stretch.Pace == Pace.Paused ? "paused in" : "stopped while")} {WireName.Of(stretch.Status)}", stretch.Terms)];
        return stretch.Terms.Calendar.IsAroundTheClock
            ? [new SlaSegment(stretch.From, stretch.To, SlaSegmentKind.Running, "counts around the clock", stretch.Terms)]
            : ByHours(stretch);
    }

    private static IEnumerable<SlaSegment> ByHours(Stretch stretch)
    {
        var calendar = stretch.Terms.Calendar;
        var at = stretch.From;
        foreach (var open in calendar.Open(stretch.From, stretch.To))
        {
            if (at < open.From)
                yield return Closed(at, open.From, stretch.Terms);
            yield return new SlaSegment(open.From, open.To, SlaSegmentKind.Running, $"counts in business hours, {calendar.Zone.Id}", stretch.Terms);
            at = open.To;
        }
        if (at < stretch.To)
            yield return Closed(at, stretch.To, stretch.Terms);
    }

    private static SlaSegment Closed(DateTimeOffset from, DateTimeOffset to, SlaTerms terms)
    {
        var holidays = string.Concat(terms.Calendar.HolidaysWithin(from, to).Select(day => string.Create(CultureInfo.InvariantCulture, $"; holiday {day:yyyy-MM-dd}")));
        return new SlaSegment(from, to, SlaSegmentKind.Closed, $"outside business hours, {terms.Calendar.Zone.Id}{holidays}", terms);
    }

    /// <summary>Part of the clock's life in which neither the ticket's status, as far as it matters, nor the terms changed.</summary>
    private readonly record struct Stretch(DateTimeOffset From, DateTimeOffset To, Pace Pace, TicketStatus Status, SlaTerms Terms)
    {
        public TimeSpan Counted => Pace == Pace.Running ? Terms.Calendar.Between(From, To) : TimeSpan.Zero;
    }
}
