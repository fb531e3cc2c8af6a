using System.Globalization;

namespace SecureBase.Portal.Shared;

/// <summary>Times as this viewer reads them: in their own zone, 24 hours, as short as the day allows.</summary>
public sealed class ViewerTime(TimeProvider clock, TimeZoneInfo zone)
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>An unknown or missing zone reads as UTC, and says so in <see cref="Exact"/>.</summary>
    public static ViewerTime In(string? zoneId, TimeProvider clock) =>
        new(clock, zoneId is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zoneId, out var zone) ? zone : TimeZoneInfo.Utc);

    /// <summary>The viewer's zone with its offset now: <c>Europe/Berlin (UTC+1)</c>.</summary>
    public string ZoneName => NameAt(Now);

    public DateTimeOffset Now => TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone);

    /// <summary><c>12:58</c> today, <c>Tue 16:20</c> within six days, <c>26 Nov</c> this year, else <c>26 Nov 2025</c>.</summary>
    public string Brief(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var today = DateOnly.FromDateTime(Now.DateTime);
        var days = today.DayNumber - DateOnly.FromDateTime(local.DateTime).DayNumber;
        return days switch
        {
            0 => local.ToString("HH:mm", English),
            >= -6 and <= 6 => local.ToString("ddd HH:mm", English),
            _ when local.Year == today.Year => local.ToString("d MMM", English),
            _ => local.ToString("d MMM yyyy", English),
        };
    }

    /// <summary><c>today 09:12</c>, <c>Tue 17 Nov 09:12</c>, with the year when it is another one.</summary>
    public string Full(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var now = Now;
        if (local.Date == now.Date)
            return local.ToString("'today' HH:mm", English);
        return local.ToString(local.Year == now.Year ? "ddd d MMM HH:mm" : "d MMM yyyy HH:mm", English);
    }

    /// <summary>To the second: <c>09:12:04</c> today, <c>Tue 17 Nov 09:12:04</c>, with the year when it is another one.</summary>
    public string Clock(DateTimeOffset at)
    {
        var (local, now) = (Local(at), Now);
        return local.ToString(local.Date == now.Date ? "HH:mm:ss" : local.Year == now.Year ? "ddd d MMM HH:mm:ss" : "d MMM yyyy HH:mm:ss", English);
    }

    /// <summary>To the second, as short as the day allows: <c>09:12:04</c> today, <c>Tue 09:12:04</c> within six days, else <c>26 Nov 09:12:04</c>.</summary>
    public string Moment(DateTimeOffset at)
    {
        var local = Local(at);
        return (DateOnly.FromDateTime(Now.DateTime).DayNumber - DateOnly.FromDateTime(local.DateTime).DayNumber) switch
        {
            0 => local.ToString("HH:mm:ss", English),
            >= -6 and <= 6 => local.ToString("ddd HH:mm:ss", English),
            _ => local.ToString("d MMM HH:mm:ss", English),
        };
    }

    /// <summary>What the viewer's clocks mean by a date and time; of an hour that there is twice, the second.</summary>
    public DateTimeOffset Instant(DateTime local) => new(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), zone.GetUtcOffset(local));

    /// <summary>The instant with the viewer's offset.</summary>
    public DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);

    /// <summary>The day alone: <c>26 Nov</c>, with the year when it is another one.</summary>
    public string Day(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return local.ToString(local.Year == Now.Year ? "d MMM" : "d MMM yyyy", English);
    }

    /// <summary><c>Thursday 26 November 2026, 09:30:04 Europe/Berlin (UTC+1)</c>.</summary>
    public string Exact(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return $"{local.ToString("dddd d MMMM yyyy, HH:mm:ss", English)} {NameAt(local)}";
    }

    private string NameAt(DateTimeOffset local)
    {
        var offset = local.Offset;
        var sign = offset < TimeSpan.Zero ? "−" : "+";
        var minutes = offset.Minutes == 0 ? "" : offset.ToString(@"\:mm", CultureInfo.InvariantCulture);
        return zone == TimeZoneInfo.Utc ? "UTC" : $"{zone.Id} (UTC{sign}{Math.Abs(offset.Hours)}{minutes})";
    }

    /// <summary>The age in the two largest units: <c>3 d 4 h</c>, <c>2 h 05 min</c>, <c>12 min</c>, <c>under a minute</c>.</summary>
    public string Age(DateTimeOffset since)
    {
        var age = clock.GetUtcNow() - since;
        if (age < TimeSpan.FromMinutes(1))
            return "under a minute";
        if (age < TimeSpan.FromHours(1))
            return $"{age.Minutes} min";
        if (age < TimeSpan.FromDays(1))
            return $"{age.Hours} h {age.Minutes:00} min";
        return age.Hours == 0 ? $"{age.Days} d" : $"{age.Days} d {age.Hours} h";
    }

    /// <summary>Midnight that ends the day for this viewer, in UTC.</summary>
    public DateTimeOffset EndOf(DateOnly day)
    {
        var midnight = day.AddDays(1).ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>The first instant of a day in the viewer's zone, in UTC.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary><c>2026-11-26T08:30:04.218901Z</c>, to the microsecond that is kept.</summary>
    public static string Utc(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Midnight that began the viewer's today, in UTC, as the database takes it.</summary>
    public DateTimeOffset StartOfToday
    {
        get
        {
            var midnight = Now.Date;
            return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
        }
    }
}
