using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Tests.Support.Sla;

/// <summary>
/// The rules of the clocks once more, slowly: it walks over a grid of instants and asks at each, from the events alone, which clocks
/// there are and whether that instant counts. It has no notion of intervals, of a calendar's arithmetic or of a clock that is carried along.
/// Histories must have all their instants on the grid.
/// </summary>
internal sealed class SlaOracle
{
    private readonly History _history;
    private readonly LocalTimes _times;
    private readonly TimeSpan _step;
    private readonly SlaEvent[] _events;
    private readonly TicketStatus[] _statusAfter;
    private readonly Dictionary<Agreement, HashSet<(DayOfWeek, int)>> _minutes = new(ReferenceEqualityComparer.Instance);

    internal SlaOracle(History history, LocalTimes times, TimeSpan step)
    {
        (_history, _times, _step) = (history, times, step);
        _events = [.. history.Events.Where(e => e.At <= history.Now)];
        _statusAfter = new TicketStatus[_events.Length];
        if (_events.Length > 0)
            _statusAfter[0] = _events[0].Status ?? TicketStatus.Open;
        for (var i = 1; i < _events.Length; i++)
        {
            var before = _statusAfter[i - 1];
            _statusAfter[i] = _events[i].Type switch
            {
                SlaEventType.StatusChanged => _events[i].Status!.Value,
                SlaEventType.CustomerComment when before is TicketStatus.WaitingCustomer or TicketStatus.Resolved => TicketStatus.Open,
                _ => before,
            };
        }
        foreach (var agreed in new[] { history.First, history.Second }.OfType<Agreement>())
            _minutes.Add(agreed, [.. (agreed.Week ?? []).SelectMany(hours => Enumerable.Range(hours.From, hours.To - hours.From).Select(minute => (hours.Day, minute)))]);
    }

    private static bool IsDone(TicketStatus status) => status is TicketStatus.Resolved or TicketStatus.Closed;

    /// <summary>Each clock in one line, with whatever the contract says of it.</summary>
    internal IReadOnlyList<string> Clocks() => _events.Length == 0 ? [] : [FirstResponse(), .. NextResponses(), Resolution()];

    /// <summary>What the product answers, in the oracle's words. Neighbouring segments of one kind are one.</summary>
    internal static string Line(SlaClockView clock)
    {
        List<(DateTimeOffset From, DateTimeOffset To, SlaSegmentKind Kind)> segments = [];
        foreach (var segment in clock.Segments)
        {
            if (segments.Count > 0 && segments[^1].To == segment.From && segments[^1].Kind == segment.Kind)
                segments[^1] = segments[^1] with { To = segment.To };
            else
                segments.Add((segment.From, segment.To, segment.Kind));
        }
        return Line(clock.Metric, clock.Cycle, clock.TargetSeconds, clock.StartedAt, clock.EndedAt, clock.DueAt, clock.WarnAt, clock.State, clock.ElapsedSeconds, clock.RemainingSeconds, segments);
    }

    private string FirstResponse()
    {
        return Judge(SlaMetric.FirstResponse, 1, 0, FirstResponseEnd(), (_, _) => SlaSegmentKind.Running);
    }

    private IEnumerable<string> NextResponses()
    {
        var cycle = 0;
        var after = FirstResponseEnd();
        while (after is { } ended && Find(ended, i => _events[i].Type == SlaEventType.CustomerComment && _statusAfter[i - 1] != TicketStatus.Closed) is { } start)
        {
            after = Find(start, EndsResponse);
            yield return Judge(SlaMetric.NextResponse, ++cycle, start, after, PausedIn);
        }
    }

    private string Resolution()
    {
        int? end = null;
        if (IsDone(_statusAfter[^1]))
        {
            end = _events.Length - 1;
            while (end > 0 && IsDone(_statusAfter[end.Value - 1]))
                end--;
        }
        return Judge(SlaMetric.Resolution, 1, 0, end, (at, status) => IsDone(status) ? SlaSegmentKind.Paused : PausedIn(at, status));
    }

    private bool EndsResponse(int i) => _events[i].Type == SlaEventType.StaffReply || (_events[i].Type == SlaEventType.StatusChanged && IsDone(_statusAfter[i]));

    // A ticket that is created as done never waited for an answer.
    private int? FirstResponseEnd() => IsDone(_statusAfter[0]) ? 0 : Find(0, EndsResponse);

    private SlaSegmentKind PausedIn(DateTime at, TicketStatus status) => InForce(at).PauseIn.Contains(status) ? SlaSegmentKind.Paused : SlaSegmentKind.Running;

    private Agreement InForce(DateTime at) => _history.Second is { } second && second.From.UtcDateTime <= at ? second : _history.First;

    private int? Find(int after, Func<int, bool> matches)
    {
        for (var i = after + 1; i < _events.Length; i++)
        {
            if (matches(i))
                return i;
        }
        return null;
    }

    private string Judge(SlaMetric metric, int cycle, int start, int? end, Func<DateTime, TicketStatus, SlaSegmentKind> byStatus)
    {
        var startedAt = _events[start].At;
        var endedAt = end is { } e ? _events[e].At : (DateTimeOffset?)null;
        var until = (endedAt ?? _history.Now).UtcDateTime;
        var target = Target(metric, start, end);
        // Three quarters of the target or a quarter of an hour before its end, whichever is first, but not before the start.
        var warning = TimeSpan.FromTicks(Math.Max(0, Math.Min(target.Ticks * 3 / 4, (target - TimeSpan.FromMinutes(15)).Ticks)));

        List<(DateTimeOffset From, DateTimeOffset To, SlaSegmentKind Kind)> segments = [];
        DateTimeOffset? reached = null, warned = null;
        var elapsed = TimeSpan.Zero;
        var last = start;
        for (var at = startedAt.UtcDateTime; at < until; at += _step)
        {
            while (last + 1 < _events.Length && _events[last + 1].At.UtcDateTime <= at)
                last++;
            var kind = byStatus(at, _statusAfter[last]);
            // What is due after no time at all is due as soon as no status holds the clock, at whatever time of day.
            if (kind == SlaSegmentKind.Running && warning == TimeSpan.Zero)
                warned ??= new DateTimeOffset(at, TimeSpan.Zero);
            if (kind == SlaSegmentKind.Running && !Counts(at, InForce(at)))
                kind = SlaSegmentKind.Closed;
            var cell = new DateTimeOffset(at, TimeSpan.Zero);
            if (segments.Count > 0 && segments[^1].Kind == kind)
                segments[^1] = segments[^1] with { To = cell + _step };
            else
                segments.Add((cell, cell + _step, kind));
            if (kind != SlaSegmentKind.Running)
                continue;
            reached ??= ReachedWithin(cell, target - elapsed);
            warned ??= ReachedWithin(cell, warning - elapsed);
            elapsed += _step;
        }

        var isPaused = endedAt is null && byStatus(until, _statusAfter[^1]) == SlaSegmentKind.Paused;
        var state = elapsed > target ? SlaClockState.Breached : endedAt is not null ? SlaClockState.Met : isPaused ? SlaClockState.Paused : SlaClockState.Running;
        DateTimeOffset? due = isPaused ? null : reached ?? RunOn(until, target - elapsed);
        DateTimeOffset? warn = isPaused ? null : warned ?? RunOn(until, warning - elapsed);
        return Line(metric, cycle, (long)target.TotalSeconds, startedAt, endedAt, due, warn, state, (long)elapsed.TotalSeconds, (long)(target - elapsed).TotalSeconds, segments);
    }

    /// <summary>The target at the start, and after each change of priority and of what is agreed that found the clock open.</summary>
    private TimeSpan Target(SlaMetric metric, int start, int? end)
    {
        var priority = _events[0].Priority ?? _history.Priority;
        for (var i = 1; i <= start; i++)
            priority = _events[i].Priority ?? priority;
        var agreed = InForce(_events[start].At.UtcDateTime);
        var minutes = agreed.Targets[(priority, metric)];
        for (var i = start + 1; i < _events.Length; i++)
        {
            // What is agreed from an instant on holds before what happens at that instant.
            Agree(InForce(_events[i].At.UtcDateTime), i - 1);
            priority = _events[i].Priority ?? priority;
            if (_events[i].Type == SlaEventType.PriorityChanged && IsOpenAfter(i))
                minutes = agreed.Targets[(priority, metric)];
        }
        Agree(InForce(_history.Now.UtcDateTime), _events.Length - 1);
        return TimeSpan.FromMinutes(minutes);

        bool IsOpenAfter(int i) => metric == SlaMetric.Resolution ? !IsDone(_statusAfter[i]) : end is null || i < end;

        void Agree(Agreement now, int last)
        {
            if (ReferenceEquals(now, agreed))
                return;
            agreed = now;
            if (IsOpenAfter(last))
                minutes = agreed.Targets[(priority, metric)];
        }
    }

    /// <summary>When so much more has counted, if that is within a cell that counts.</summary>
    private DateTimeOffset? ReachedWithin(DateTimeOffset cell, TimeSpan missing) => missing > TimeSpan.Zero && missing <= _step ? cell + missing : null;

    private DateTimeOffset RunOn(DateTime at, TimeSpan missing)
    {
        var agreed = InForce(at);
        for (; missing > TimeSpan.Zero; at += _step)
        {
            if (!Counts(at, agreed))
                continue;
            if (missing <= _step)
                return new DateTimeOffset(at + missing, TimeSpan.Zero);
            missing -= _step;
        }
        return new DateTimeOffset(at, TimeSpan.Zero);
    }

    private bool Counts(DateTime at, Agreement agreed)
    {
        if (agreed.Week is null)
            return true;
        var local = _times.At(at);
        return _minutes[agreed].Contains((local.DayOfWeek, (local.Hour * 60) + local.Minute)) && !agreed.Holidays.Contains(DateOnly.FromDateTime(local));
    }

    private static string Line(
        SlaMetric metric, int cycle, long target, DateTimeOffset startedAt, DateTimeOffset? endedAt, DateTimeOffset? dueAt, DateTimeOffset? warnAt, SlaClockState state, long elapsed, long remaining,
        IEnumerable<(DateTimeOffset From, DateTimeOffset To, SlaSegmentKind Kind)> segments) =>
        $"{metric} {cycle}: target {target}, {startedAt:u} to {endedAt:u}, due {dueAt:u}, warn {warnAt:u}, {state}, elapsed {elapsed}, remaining {remaining}: {string.Join("; ", segments.Select(s => $"{s.From:u} {s.To:u} {s.Kind}"))}";
}
