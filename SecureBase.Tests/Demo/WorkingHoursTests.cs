using System.Globalization;
using SecureBase.Core.Demo;

namespace SecureBase.Tests.Demo;

public sealed class WorkingHoursTests
{
    private static readonly WorkingHours Berlin = new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), new TimeOnly(9, 0), new TimeOnly(18, 0));

    [Theory]
    [InlineData("2026-04-14T08:00:00Z", "2026-04-14T08:00:00Z")] // Tuesday 10:00
    [InlineData("2026-04-14T05:00:00Z", "2026-04-14T07:00:00Z")] // before opening
    [InlineData("2026-04-14T16:00:00Z", "2026-04-15T07:00:00Z")] // 18:00 is closed
    [InlineData("2026-04-17T17:00:00Z", "2026-04-20T07:00:00Z")] // Friday evening
    [InlineData("2026-03-28T12:00:00Z", "2026-03-30T07:00:00Z")] // across the clock change
    public void NextOpen_OfAnInstant_IsItselfOrTheNextOpening(string from, string expected) =>
        Assert.Equal(At(expected), Berlin.NextOpen(At(from)));

    [Theory]
    [InlineData("2026-04-14T08:00:00Z", 2, "2026-04-14T10:00:00Z")]
    [InlineData("2026-04-14T15:00:00Z", 3, "2026-04-15T09:00:00Z")]
    [InlineData("2026-04-17T15:00:00Z", 5, "2026-04-20T11:00:00Z")] // an hour on Friday, four on Monday
    [InlineData("2026-04-17T15:00:00Z", 10, "2026-04-21T07:00:00Z")] // Monday's closing is Tuesday's opening
    public void Add_Hours_CountsOpenHoursOnly(string from, int hours, string expected) =>
        Assert.Equal(At(expected), Berlin.Add(At(from), TimeSpan.FromHours(hours)));

    [Fact]
    public void At_TheHourASpringChangeSkips_IsTakenAnHourLater() =>
        Assert.Equal(At("2026-03-29T01:30:00Z"), Berlin.At(new DateTime(2026, 3, 29), new TimeOnly(2, 30)));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
