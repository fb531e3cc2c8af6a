namespace SecureBase.Tests.Support.Sla;

/// <summary>What the wall clock of a zone shows, looked up instant by instant and, for the first instants of the grid, remembered.</summary>
internal sealed class LocalTimes(TimeZoneInfo zone, DateTime from, TimeSpan step, int cells)
{
    private readonly long[] _local = new long[cells];

    /// <summary>The local time at a UTC instant of the grid.</summary>
    internal DateTime At(DateTime utc)
    {
        var cell = (utc - from).Ticks / step.Ticks;
        if (cell < 0 || cell >= cells)
            return Local(utc);
        if (_local[cell] == 0)
            _local[cell] = Local(utc).Ticks;
        return new DateTime(_local[cell]);
    }

    private DateTime Local(DateTime utc) => TimeZoneInfo.ConvertTime(new DateTimeOffset(utc, TimeSpan.Zero), zone).DateTime;
}
