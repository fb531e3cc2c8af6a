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
    private readonly HashSet<(DayOfWeek, int)> _minutes = [];

    internal SlaOracle(History history, LocalTimes times, TimeSpan step)
    {
        (_history, _times, _step) = (history, times, step);
        _events = [.. history.Events.Where(e => e.At <= history.Now)];
        _statusAfter = new TicketStatus[_events.Length];
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
        foreach (var hours in history.Week ?? [])
            _minutes.UnionWith(Enumerable.Range(hours.From, hours.To - hours.From).Select(minute => (hours.Day, minute)));
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
        return Line(clock.Metric, clock.Cycle, clock.TargetSeconds, clock.StartedAt, clock.EndedAt, clock.DueAt, clock.State, clock.ElapsedSeconds, clock.RemainingSeconds, segments);
    }

    private string FirstResponse()
    {
        var end = Find(0, EndsResponse);
        return Judge(SlaMetric.FirstResponse, 1, 0, end, (_, _) => SlaSegmentKind.Running);
    }

    private IEnumerable<string> NextResponses()
    {
        var cycle = 0;
        var after = Find(0, EndsResponse);
        while (after is { } ended && Find(ended, i => _events[i].Type == SlaEventType.CustomerComment && _statusAfter[i - 1] != TicketStatus.Closed) is { } start)
        {
            after = Find(start, EndsResponse);
            yield return Judge(SlaMetric.NextResponse, ++cycle, start, after, (_, status) => PausedIn(status));
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
        return Judge(SlaMetric.Resolution, 1, 0, end, (_, status) => IsDone(status) ? SlaSegmentKind.Paused : PausedIn(status));
    }

    private bool EndsResponse(int i) => _events[i].Type == SlaEventType.StaffReply || (_events[i].Type == SlaEventType.StatusChanged && IsDone(_statusAfter[i]));

    private SlaSegmentKind PausedIn(TicketStatus status) => _history.PauseIn.Contains(status) ? SlaSegmentKind.Paused : SlaSegmentKind.Running;

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

        List<(DateTimeOffset From, DateTimeOffset To, SlaSegmentKind Kind)> segments = [];
        DateTimeOffset? reached = null;
        var elapsed = TimeSpan.Zero;
        var last = start;
        for (var at = startedAt.UtcDateTime; at < until; at += _step)
        {
            while (last + 1 < _events.Length && _events[last + 1].At.UtcDateTime <= at)
                last++;
            var kind = byStatus(at, _statusAfter[last]);
            if (kind == SlaSegmentKind.Running && !Counts(at))
                kind = SlaSegmentKind.Closed;
            var cell = new DateTimeOffset(at, TimeSpan.Zero);
            if (segments.Count > 0 && segments[^1].Kind == kind)
                segments[^1] = segments[^1] with { To = cell + _step };
            else
                segments.Add((cell, cell + _step, kind));
            if (kind != SlaSegmentKind.Running)
                continue;
            elapsed += _step;
            if (elapsed == target)
                reached = cell + _step;
        }

        var isPaused = endedAt is null && byStatus(until, _statusAfter[^1]) == SlaSegmentKind.Paused;
        var state = elapsed > target ? SlaClockState.Breached : endedAt is not null ? SlaClockState.Met : isPaused ? SlaClockState.Paused : SlaClockState.Running;
        DateTimeOffset? due = isPaused ? null : reached ?? RunOn(until, target - elapsed);
        return Line(metric, cycle, (long)target.TotalSeconds, startedAt, endedAt, due, state, (long)elapsed.TotalSeconds, (long)(target - elapsed).TotalSeconds, segments);
    }

    /// <summary>The target at the start, and after each change of priority that found the clock open.</summary>
    private TimeSpan Target(SlaMetric metric, int start, int? end)
    {
        var priority = _history.Priority;
        for (var i = 1; i <= start; i++)
            priority = _events[i].Type == SlaEventType.PriorityChanged ? _events[i].Priority!.Value : priority;
        for (var i = start + 1; i < _events.Length; i++)
        {
            var isOpen = metric == SlaMetric.Resolution ? !IsDone(_statusAfter[i]) : end is null || i < end;
            if (_events[i].Type == SlaEventType.PriorityChanged && isOpen)
                priority = _events[i].Priority!.Value;
        }
        return TimeSpan.FromMinutes(_history.Targets[(priority, metric)]);
    }

    private DateTimeOffset RunOn(DateTime at, TimeSpan missing)
    {
        for (; missing > TimeSpan.Zero; at += _step)
            missing -= Counts(at) ? _step : TimeSpan.Zero;
        return new DateTimeOffset(at, TimeSpan.Zero);
    }

    private bool Counts(DateTime at)
    {
        if (_history.Week is null)
            return true;
        var local = _times.At(at);
        return _minutes.Contains((local.DayOfWeek, (local.Hour * 60) + local.Minute)) && !_history.Holidays.Contains(DateOnly.FromDateTime(local));
    }

    private static string Line(
        SlaMetric metric, int cycle, long target, DateTimeOffset startedAt, DateTimeOffset? endedAt, DateTimeOffset? dueAt, SlaClockState state, long elapsed, long remaining,
        IEnumerable<(DateTimeOffset From, DateTimeOffset To, SlaSegmentKind Kind)> segments) =>
        $"{metric} {cycle}: target {target}, {startedAt:u} to {endedAt:u}, due {dueAt:u}, {state}, elapsed {elapsed}, remaining {remaining}: {string.Join("; ", segments.Select(s => $"{s.From:u} {s.To:u} {s.Kind}"))}";
}
