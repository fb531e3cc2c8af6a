using Bunit;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Shared;

public sealed class TimestampTests : ComponentTest
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 7, 30, 0, TimeSpan.FromHours(-1));

    [Fact]
    public void ShowsTheViewersTime_AndCarriesTheExactOne()
    {
        var time = Render<Timestamp>(p => p.Add(t => t.At, At)).Find("time");
        Assert.Equal("09:30", time.TextContent);
        Assert.Equal("2026-03-02T08:30:00.0000000+00:00", time.GetAttribute("datetime"));
        Assert.Equal("Monday 2 March 2026, 09:30:00 Europe/Berlin (UTC+1)", time.GetAttribute("title"));
        Assert.False(time.HasAttribute("tabindex"));
    }

    [Fact]
    public void Focusable_ShowsTheExactTimeWithoutAPointer()
    {
        var time = Render<Timestamp>(p => p.Add(t => t.At, At).Add(t => t.Full, true).Add(t => t.Focusable, true)).Find("time");
        Assert.Equal("today 09:30", time.TextContent);
        Assert.Equal("0", time.GetAttribute("tabindex"));
        Assert.Equal(time.GetAttribute("title"), time.GetAttribute("data-exact"));
    }
}
