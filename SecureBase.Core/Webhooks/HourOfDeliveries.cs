namespace SecureBase.Core.Webhooks;

/// <summary>Attempts within an hour of the clock.</summary>
public sealed record HourOfDeliveries(DateTimeOffset From, int Succeeded, int Failed)
{
    public const int Shown = 24;

    /// <summary>The last 24 hours up to now; hours without an attempt are there too.</summary>
    public static IReadOnlyList<HourOfDeliveries> Sum(IEnumerable<QuarterOfDeliveries> quarters, DateTimeOffset now)
    {
        var byHour = quarters.ToLookup(q => Floor(q.From));
        return [.. Enumerable.Range(1 - Shown, Shown).Select(i => Floor(now).AddHours(i)).Select(hour => new HourOfDeliveries(hour, byHour[hour].Sum(q => q.Succeeded), byHour[hour].Sum(q => q.Failed)))];
    }

    private static DateTimeOffset Floor(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
