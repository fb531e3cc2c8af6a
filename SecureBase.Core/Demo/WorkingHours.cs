namespace SecureBase.Core.Demo;

/// <summary>Monday to Friday from one wall-clock time to another, in a zone with its clock changes. Holidays are not known here.</summary>
internal sealed class WorkingHours(TimeZoneInfo zone, TimeOnly from, TimeOnly to)
{
    public bool IsOpen(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return !IsWeekend(local.DayOfWeek) && TimeOnly.FromTimeSpan(local.TimeOfDay) is var time && time >= from && time < to;
    }

    /// <summary>The instant itself while open, otherwise the next opening.</summary>
    public DateTimeOffset NextOpen(DateTimeOffset instant)
    {
        if (IsOpen(instant))
            return instant;
        var day = TimeZoneInfo.ConvertTime(instant, zone).DateTime.Date;
        var opening = At(NextWeekday(day), from);
        return opening > instant ? opening : At(NextWeekday(day.AddDays(1)), from);
    }

    /// <summary>The instant at which <paramref name="time"/> of open hours have passed since <paramref name="start"/>.</summary>
    public DateTimeOffset Add(DateTimeOffset start, TimeSpan time)
    {
        var at = NextOpen(start);
        while (true)
        {
            var closing = At(TimeZoneInfo.ConvertTime(at, zone).DateTime.Date, to);
            if (at + time < closing)
                return at + time;
            time -= closing - at;
            at = NextOpen(closing);
        }
    }

    /// <summary>That wall-clock time on that day; the hour a spring clock change skips is taken an hour later.</summary>
    public DateTimeOffset At(DateTime day, TimeOnly time)
    {
        var local = DateTime.SpecifyKind(day.Date + time.ToTimeSpan(), DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
            local = local.AddHours(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>The day itself, or the Monday after when it is a weekend.</summary>
    public static DateTime NextWeekday(DateTime day) => day.DayOfWeek switch
    {
        DayOfWeek.Saturday => day.AddDays(2),
        DayOfWeek.Sunday => day.AddDays(1),
        _ => day,
    };

    private static bool IsWeekend(DayOfWeek day) => day is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
