using SecureBase.Core.Kernel;
using SecureBase.Core.Support.Sla;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Sla;

/// <summary>A ticket's clocks as three lanes over one axis of time, in per cent of the axis.</summary>
internal sealed class SlaDrawing
{
    private static readonly TimeSpan[] TickSteps =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6),
        TimeSpan.FromHours(12), TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7), TimeSpan.FromDays(14), TimeSpan.FromDays(30), TimeSpan.FromDays(90), TimeSpan.FromDays(365),
    ];

    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _to;
    private readonly DateTimeOffset _now;

    internal SlaDrawing(IReadOnlyList<SlaClockView> clocks, DateTimeOffset now)
    {
        _now = now;
        _from = clocks[0].StartedAt;
        var last = clocks.Max(c => c.EndedAt ?? (c.DueAt > now ? c.DueAt.Value : now));
        // What is over has no need of a present beyond its end; a life of a moment still has a width.
        _to = last - _from < TimeSpan.FromMinutes(1) ? _from + TimeSpan.FromMinutes(1) : last;
        Lanes = [.. clocks.GroupBy(c => c.Metric).Select(lane => new Lane(lane.Key, lane.Last(), [.. lane.SelectMany(Bars)], Flag(lane.Last())))];
    }

    internal IReadOnlyList<Lane> Lanes { get; }

    /// <summary>Null when the axis ends before the present.</summary>
    internal double? NowAt => _now <= _to ? At(_now) : null;

    /// <summary>Round times of the viewer's clock, far enough from each other and from the present.</summary>
    internal IEnumerable<(double At, DateTimeOffset Time)> Ticks(ViewerTime time)
    {
        var step = TickSteps.FirstOrDefault(s => (_to - _from) / s <= 6, TickSteps[^1]);
        for (var tick = time.StartOf(DateOnly.FromDateTime(time.Local(_from).DateTime)); tick < _to; tick += step)
        {
            var at = At(tick);
            if (at > 3 && at < 97 && (NowAt is not { } now || Math.Abs(at - now) > 9))
                yield return (at, tick);
        }
    }

    private IEnumerable<Bar> Bars(SlaClockView clock)
    {
        foreach (var segment in clock.Segments)
        {
            if (segment.Kind != SlaSegmentKind.Running)
            {
                yield return Part(WireName.Of(segment.Kind), segment.From, segment.To);
                continue;
            }
            foreach (var bar in Counted(clock, segment.From, segment.To))
                yield return bar;
        }
        if (clock.EndedAt is null && clock.DueAt > _now)
            yield return Part("rest", _now, clock.DueAt.Value);
    }

    // Counted time changes its colour at the warning and at the due time. A paused clock knows neither any more.
    private IEnumerable<Bar> Counted(SlaClockView clock, DateTimeOffset from, DateTimeOffset to)
    {
        var name = clock.State == SlaClockState.Met ? "met" : "running";
        (DateTimeOffset? Until, string Name)[] parts = clock.DueAt is { } due
            ? [(clock.EndedAt is null ? clock.WarnAt : due, name), (due, "soon"), (to, "over")]
            : [(to, name)];
        foreach (var (until, colour) in parts)
        {
            if (until is not { } end || end <= from)
                continue;
            yield return Part(colour, from, end < to ? end : to);
            if (end >= to)
                yield break;
            from = end;
        }
    }

    private double? Flag(SlaClockView clock) => clock.DueAt is { } due && due <= _to ? At(due) : null;

    private Bar Part(string name, DateTimeOffset from, DateTimeOffset to) => new(name, At(from), At(to) - At(from));

    private double At(DateTimeOffset instant) => Math.Clamp((instant - _from) / (_to - _from) * 100, 0, 100);

    /// <param name="Last">The clock of the latest cycle, which the lane's words are about.</param>
    /// <param name="DueAt">Where it is due; null when that is unknown or beyond the axis.</param>
    internal sealed record Lane(SlaMetric Metric, SlaClockView Last, IReadOnlyList<Bar> Bars, double? DueAt);

    /// <param name="Name">running, soon, over, met, paused, closed or rest.</param>
    internal readonly record struct Bar(string Name, double From, double Width);
}
