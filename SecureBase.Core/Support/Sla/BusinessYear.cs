using System.Collections.Frozen;

namespace SecureBase.Core.Support.Sla;

/// <summary>
/// A UTC year's counting stretches in order, each with what counted in the year before it: how much has counted by an instant,
/// and at which instant so much has counted, are both one binary search.
/// </summary>
internal sealed class BusinessYear
{
    private readonly long[] _starts;
    private readonly long[] _ends;
    private readonly long[] _before;

    private BusinessYear(List<(long Start, long End)> stretches)
    {
        _starts = new long[stretches.Count];
        _ends = new long[stretches.Count];
        _before = new long[stretches.Count];
        for (var i = 0; i < stretches.Count; i++)
        {
            (_starts[i], _ends[i]) = stretches[i];
            _before[i] = Counted;
            Counted += _ends[i] - _starts[i];
        }
    }

    /// <summary>Ticks that count in the whole year.</summary>
    internal long Counted { get; }

    internal static BusinessYear Of(int year, TimeZoneInfo zone, FrozenDictionary<DayOfWeek, WeeklyHours[]> week, FrozenSet<DateOnly> holidays)
    {
        List<(long Start, long End)> stretches = [];
        // Between two changes of the zone's offset the wall clock runs like any other clock, only shifted.
        foreach (var (from, to, offset) in ZoneOffsets.Within(zone, FirstTick(year), FirstTick(year + 1)))
        {
            for (var day = new DateTime(from + offset).Date; day.Ticks < to + offset; day = day.AddDays(1))
            {
                if (!week.TryGetValue(day.DayOfWeek, out var hours) || holidays.Contains(DateOnly.FromDateTime(day)))
                    continue;
                foreach (var part in hours)
                    Add(stretches, Math.Max(from, day.Ticks + part.From.Ticks - offset), Math.Min(to, day.Ticks + part.To.Ticks - offset));
            }
        }
        return new BusinessYear(stretches);
    }

    /// <summary>Ticks that have counted in this year before an instant of it.</summary>
    internal long CountedUntil(long at)
    {
        var i = LastNotAfter(_starts, at);
        return i < 0 ? 0 : _before[i] + Math.Min(at, _ends[i]) - _starts[i];
    }

    /// <summary>The first instant by which so many ticks of this year have counted.</summary>
    /// <param name="counted">1 to <see cref="Counted"/>.</param>
    internal long ReachedAt(long counted)
    {
        var i = LastNotAfter(_before, counted - 1);
        return _starts[i] + counted - _before[i];
    }

    /// <summary>The stretches of this year, cut to a range.</summary>
    internal IEnumerable<TimeRange> Within(long from, long to)
    {
        for (var i = Math.Max(0, LastNotAfter(_starts, from)); i < _starts.Length && _starts[i] < to; i++)
        {
            var (start, end) = (Math.Max(from, _starts[i]), Math.Min(to, _ends[i]));
            if (start < end)
                yield return new TimeRange(new DateTimeOffset(start, TimeSpan.Zero), new DateTimeOffset(end, TimeSpan.Zero));
        }
    }

    private static void Add(List<(long Start, long End)> stretches, long start, long end)
    {
        if (start >= end)
            return;
        if (stretches.Count > 0 && stretches[^1].End == start)
            stretches[^1] = (stretches[^1].Start, end);
        else
            stretches.Add((start, end));
    }

    private static int LastNotAfter(long[] ascending, long value)
    {
        var found = Array.BinarySearch(ascending, value);
        return found >= 0 ? found : ~found - 1;
    }

    private static long FirstTick(int year) => new DateTime(year, 1, 1).Ticks;
}
