using System.Globalization;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Shared;

public sealed class ViewerTimeTests
{
    [Theory]
    [InlineData("Europe/Berlin", "2026-03-02T08:00Z", "09:00")]
    [InlineData("Europe/Berlin", "2026-03-01T23:30Z", "00:30")]
    [InlineData("Etc/UTC", "2026-03-01T23:30Z", "Sun 23:30")]
    [InlineData("America/New_York", "2026-03-02T04:30Z", "Sun 23:30")]
    [InlineData("Europe/Berlin", "2026-02-24T15:20Z", "Tue 16:20")]
    [InlineData("Europe/Berlin", "2026-02-23T22:59Z", "23 Feb")]
    [InlineData("Europe/Berlin", "2026-02-23T23:00Z", "Tue 00:00")]
    [InlineData("Europe/Berlin", "2026-03-08T22:59Z", "Sun 23:59")]
    [InlineData("Europe/Berlin", "2025-12-31T22:59Z", "31 Dec 2025")]
    [InlineData("Europe/Berlin", "2025-12-31T23:00Z", "1 Jan")]
    public void Brief_IsAsShortAsTheViewersDayAllows(string zone, string at, string expected) =>
        Assert.Equal(expected, In(zone, "2026-03-02T09:00Z").Brief(Instant(at)));

    [Theory]
    [InlineData("2026-03-02T08:12Z", "today 09:12")]
    [InlineData("2026-02-17T08:12Z", "Tue 17 Feb 09:12")]
    [InlineData("2026-03-29T00:59Z", "Sun 29 Mar 01:59")]
    [InlineData("2026-03-29T01:00Z", "Sun 29 Mar 03:00")]
    [InlineData("2025-11-17T08:12Z", "17 Nov 2025 09:12")]
    public void Full_NamesTheDay(string at, string expected) =>
        Assert.Equal(expected, In("Europe/Berlin", "2026-03-02T09:00Z").Full(Instant(at)));

    [Theory]
    [InlineData("Europe/Berlin", "2026-11-26T08:30:04Z", "Thursday 26 November 2026, 09:30:04 Europe/Berlin (UTC+1)")]
    [InlineData("Europe/Berlin", "2026-10-25T00:30Z", "Sunday 25 October 2026, 02:30:00 Europe/Berlin (UTC+2)")]
    [InlineData("Europe/Berlin", "2026-10-25T01:30Z", "Sunday 25 October 2026, 02:30:00 Europe/Berlin (UTC+1)")]
    [InlineData("America/St_Johns", "2026-01-10T12:00Z", "Saturday 10 January 2026, 08:30:00 America/St_Johns (UTC−3:30)")]
    [InlineData("Asia/Kolkata", "2026-01-10T12:00Z", "Saturday 10 January 2026, 17:30:00 Asia/Kolkata (UTC+5:30)")]
    public void Exact_TellsTheTwoHoursOfAnAutumnNightApart(string zone, string at, string expected) =>
        Assert.Equal(expected, In(zone, "2026-03-02T09:00Z").Exact(Instant(at)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Mars/Olympus")]
    [InlineData("../../etc/passwd")]
    [InlineData("Europe/Berlin\0")]
    public void In_UnknownZone_ReadsAsUtcAndSaysSo(string? zone)
    {
        var time = In(zone, "2026-03-02T09:00Z");
        Assert.Equal("08:00", time.Brief(Instant("2026-03-02T08:00Z")));
        Assert.EndsWith("08:00:00 UTC", time.Exact(Instant("2026-03-02T08:00Z")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29T12:00Z", "2026-03-28T23:00Z")]
    [InlineData("Europe/Berlin", "2026-10-25T12:00Z", "2026-10-24T22:00Z")]
    [InlineData("Africa/Cairo", "2026-04-24T12:00Z", "2026-04-23T22:00Z")]
    [InlineData("Asia/Kathmandu", "2026-03-02T18:20Z", "2026-03-02T18:15Z")]
    public void StartOfToday_IsTheViewersMidnight_AlsoOnDaysOf23And25Hours(string zone, string now, string expected)
    {
        var start = In(zone, now).StartOfToday;
        Assert.Equal(Instant(expected), start);
        Assert.Equal(TimeSpan.Zero, start.Offset);
    }

    [Theory]
    [InlineData("2026-03-02T08:59:01Z", "under a minute")]
    [InlineData("2026-03-02T09:00:30Z", "under a minute")]
    [InlineData("2026-03-02T08:48Z", "12 min")]
    [InlineData("2026-03-02T06:55Z", "2 h 05 min")]
    [InlineData("2026-02-27T05:00Z", "3 d 4 h")]
    [InlineData("2026-02-27T08:59Z", "3 d")]
    public void Age_ShowsTheTwoLargestUnits(string since, string expected) =>
        Assert.Equal(expected, In("Europe/Berlin", "2026-03-02T09:00Z").Age(Instant(since)));

    private static ViewerTime In(string? zone, string now) => ViewerTime.In(zone, new FakeTimeProvider(Instant(now)));

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
