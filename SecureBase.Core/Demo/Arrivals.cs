namespace SecureBase.Core.Demo;

/// <summary>
/// When tickets come in: on working days and in office hours mostly, more around the turn of a month, few at Christmas and
/// in summer, and more at the end of the year than at its start.
/// </summary>
internal sealed class Arrivals(DemoOrganisation organisation, DateTimeOffset now)
{
    private const int Days = 365;
    private const double AtNight = 0.035;

    // Relative weight of the hours from 8 to 18.
    private static readonly double[] OfficeHours = [0.6, 1.3, 1.6, 1.4, 0.7, 0.9, 1.4, 1.3, 1.0, 0.6, 0.25];

    private readonly WorkingHours _clock = new(organisation.Zone, new TimeOnly(0, 0), new TimeOnly(23, 59));
    private readonly DateTime _first = TimeZoneInfo.ConvertTime(now, organisation.Zone).DateTime.Date.AddDays(-Days);

    /// <summary>One arrival within the last year, before yesterday's end, to the second.</summary>
    /// <param name="isFull">Says of a local day that no more fits into its month.</param>
    public DateTimeOffset Next(DemoRandom random, Func<DateTime, bool> isFull)
    {
        var weights = new double[Days];
        for (var i = 0; i < Days; i++)
            weights[i] = isFull(_first.AddDays(i)) ? 0 : WeightOf(_first.AddDays(i), i);
        var day = _first.AddDays(random.PickWeighted(weights));
        var hour = random.Chance(AtNight) ? random.Between(0, 23) : 8 + random.PickWeighted(OfficeHours);
        return _clock.At(day, new TimeOnly(hour, random.Between(0, 59), random.Between(0, 59)));
    }

    private static double WeightOf(DateTime day, int index)
    {
        var growth = 0.55 + 0.9 * index / Days;
        var weekday = day.DayOfWeek switch
        {
            DayOfWeek.Saturday or DayOfWeek.Sunday => 0.05,
            DayOfWeek.Monday => 1.2,
            DayOfWeek.Friday => 0.85,
            _ => 1,
        };
        var month = day.Day <= 3 || day.AddDays(3).Month != day.Month ? 1.6 : 1;
        var holiday = (day.Month, day.Day) is (12, >= 24 and <= 26) or (12, 31) or (1, 1) ? 0.1 : day.Month is 7 or 8 ? 0.85 : 1;
        return growth * weekday * month * holiday;
    }
}
