using System.Collections.Frozen;

namespace SecureBase.Core.Support.Sla;

/// <summary>A part of each week's day, by the clock on the wall.</summary>
/// <param name="From">Included.</param>
/// <param name="To">Excluded; 24 hours is the end of the day. Later than <paramref name="From"/>.</param>
public readonly record struct WeeklyHours(DayOfWeek Day, TimeSpan From, TimeSpan To);

/// <summary>A stretch of real time.</summary>
/// <param name="From">Included.</param>
/// <param name="To">Excluded.</param>
public readonly record struct TimeRange(DateTimeOffset From, DateTimeOffset To);

/// <summary>
/// Says which instants count: those whose local wall-clock weekday and time of day lie in the week's hours and whose local date is no
/// holiday. What is counted is real time, so an hour that the wall clock repeats counts twice and one that it skips not at all.
/// Immutable to its users and safe to share between threads; what it works out about a year is kept, so share it.
/// </summary>
public sealed class BusinessCalendar
{
    /// <summary>The years, in UTC, that a calendar can count in.</summary>
    public const int FirstYear = 1970, LastYear = 2299;

    private readonly TimeZoneInfo _zone;
    private readonly FrozenDictionary<DayOfWeek, WeeklyHours[]> _week;
    private readonly FrozenSet<DateOnly> _holidays;
    private readonly BusinessYear?[] _years = new BusinessYear?[LastYear - FirstYear + 1];

    /// <param name="zone">Its rules are those of the operating system's data.</param>
    /// <param name="hours">May overlap and stand in any order.</param>
    /// <param name="holidays">Local dates of which nothing counts.</param>
    public BusinessCalendar(TimeZoneInfo zone, IEnumerable<WeeklyHours> hours, IEnumerable<DateOnly> holidays)
    {
        _zone = zone;
        _week = hours.GroupBy(h => h.Day).ToFrozenDictionary(day => day.Key, Union);
        _holidays = holidays.ToFrozenSet();
    }

    private BusinessCalendar() : this(TimeZoneInfo.Utc, [], []) => IsAroundTheClock = true;

    /// <summary>Every instant counts.</summary>
    public static BusinessCalendar AroundTheClock { get; } = new();

    public bool IsAroundTheClock { get; }

    public TimeZoneInfo Zone => _zone;

    /// <summary>How much of the time between two instants counts; zero when the second is not later.</summary>
    public TimeSpan Between(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
            return TimeSpan.Zero;
        if (IsAroundTheClock)
            return to - from;
        var (first, last) = (from.UtcDateTime.Year, to.UtcDateTime.Year);
        var counted = Year(last).CountedUntil(to.UtcTicks) - Year(first).CountedUntil(from.UtcTicks);
        for (var year = first; year < last; year++)
            counted += Year(year).Counted;
        return new TimeSpan(counted);
    }

    /// <summary>The first instant by which <paramref name="amount"/> has counted since <paramref name="from"/>; null beyond <see cref="LastYear"/>.</summary>
    public DateTimeOffset? After(DateTimeOffset from, TimeSpan amount)
    {
        if (amount <= TimeSpan.Zero)
            return from;
        if (IsAroundTheClock)
            return amount < DateTimeOffset.MaxValue - from && (from + amount).Year <= LastYear ? from + amount : null;
        var year = from.UtcDateTime.Year;
        var wanted = Year(year).CountedUntil(from.UtcTicks) + amount.Ticks;
        while (wanted > Year(year).Counted)
        {
            wanted -= Year(year).Counted;
            if (++year > LastYear)
                return null;
        }
        return new DateTimeOffset(Year(year).ReachedAt(wanted), TimeSpan.Zero);
    }

    /// <summary>The stretches within a range that count, in order, none touching the next.</summary>
    public IEnumerable<TimeRange> Open(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
            yield break;
        if (IsAroundTheClock)
        {
            yield return new TimeRange(from, to);
            yield break;
        }
        TimeRange? pending = null;
        for (var year = from.UtcDateTime.Year; year <= to.UtcDateTime.Year; year++)
        {
            foreach (var range in Year(year).Within(from.UtcTicks, to.UtcTicks))
            {
                if (pending?.To == range.From)
                {
                    pending = new TimeRange(pending.Value.From, range.To);
                    continue;
                }
                if (pending is { } whole)
                    yield return whole;
                pending = range;
            }
        }
        if (pending is { } last)
            yield return last;
    }

    /// <summary>The holidays that a range touches, in order.</summary>
    public IEnumerable<DateOnly> HolidaysWithin(DateTimeOffset from, DateTimeOffset to)
    {
        if (_holidays.Count == 0 || to <= from)
            return [];
        var (first, last) = (LocalDate(from), LocalDate(to.AddTicks(-1)));
        return _holidays.Where(day => day >= first && day <= last).Order();
    }

    private DateOnly LocalDate(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, _zone).DateTime);

    // Two threads may work out the same year; either result will do.
    private BusinessYear Year(int year) => _years[year - FirstYear] ??= BusinessYear.Of(year, _zone, _week, _holidays);

    private static WeeklyHours[] Union(IEnumerable<WeeklyHours> hours)
    {
        List<WeeklyHours> union = [];
        foreach (var next in hours.OrderBy(h => h.From))
        {
            if (union.Count > 0 && next.From <= union[^1].To)
                union[^1] = union[^1] with { To = next.To > union[^1].To ? next.To : union[^1].To };
            else
                union.Add(next);
        }
        return [.. union];
    }
}
