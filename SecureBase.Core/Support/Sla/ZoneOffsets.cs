namespace SecureBase.Core.Support.Sla;

/// <summary>A time zone as the stretches of real time in which its distance from UTC is one and the same.</summary>
internal static class ZoneOffsets
{
    // No zone has ever changed its offset and changed it back within so short a time.
    private static readonly long Step = TimeSpan.FromHours(3).Ticks;

    /// <param name="from">UTC ticks, included.</param>
    /// <param name="to">UTC ticks, excluded.</param>
    /// <returns>Stretches in order without gaps, with the ticks by which local time is ahead of UTC.</returns>
    internal static IEnumerable<(long From, long To, long Offset)> Within(TimeZoneInfo zone, long from, long to)
    {
        while (from < to)
        {
            var offset = OffsetAt(zone, from);
            var end = from;
            while (end < to)
            {
                var probe = Math.Min(end + Step, to);
                if (OffsetAt(zone, probe) != offset)
                {
                    end = FirstWithout(zone, offset, end, probe);
                    break;
                }
                end = probe;
            }
            yield return (from, end, offset);
            from = end;
        }
    }

    private static long FirstWithout(TimeZoneInfo zone, long offset, long with, long without)
    {
        while (without - with > 1)
        {
            var middle = with + ((without - with) / 2);
            if (OffsetAt(zone, middle) == offset)
                with = middle;
            else
                without = middle;
        }
        return without;
    }

    private static long OffsetAt(TimeZoneInfo zone, long utcTicks) => zone.GetUtcOffset(new DateTime(utcTicks, DateTimeKind.Utc)).Ticks;
}
