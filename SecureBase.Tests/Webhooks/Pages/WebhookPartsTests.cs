using Bunit;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;
using SecureBase.Portal.Webhooks;
using SecureBase.Portal.Webhooks.Components;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks.Pages;

/// <summary>What the page of webhooks is made of, in words and lines.</summary>
public sealed class WebhookPartsTests : ComponentTest
{
    [Theory]
    [InlineData(1, "100 %")]
    [InlineData(0.9996, "99.9 %")]
    [InlineData(0.972, "97.2 %")]
    [InlineData(0, "0 %")]
    public void Percent_NeverSaysAllWhenOneIsMissing(double share, string words) => Assert.Equal(words, WebhookWords.Percent(share));

    [Theory]
    [InlineData("The receiver answered 503 Service Unavailable.", "503 Service Unavailable")]
    [InlineData("No answer within 15 seconds.", "No answer within 15 seconds.")]
    [InlineData(null, null)]
    public void Brief_LeavesOutWhatEveryFailureSays(string? error, string? words) => Assert.Equal(words, WebhookWords.Brief(error));

    [Theory]
    [InlineData("00:00:05", "5 s")]
    [InlineData("00:30:00", "30 min")]
    [InlineData("14:00:00", "14 h")]
    [InlineData("3.03:35:05", "75 h 35 min")]
    public void Wait_IsSaidInItsLargestUnits(string wait, string words) => Assert.Equal(words, WebhookWords.Wait(TimeSpan.Parse(wait, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(AttemptOutcome.Failed, 503, "The receiver answered 503 Service Unavailable.", "503")]
    [InlineData(AttemptOutcome.Failed, null, "No answer within 15 seconds.", "timeout")]
    [InlineData(AttemptOutcome.Failed, null, "The name hooks.example leads to no address.", "no answer")]
    [InlineData(AttemptOutcome.Interrupted, null, null, "interrupted")]
    public void Answer_IsTheStatusOrWhyThereIsNone(AttemptOutcome outcome, int? status, string? error, string words) =>
        Assert.Equal(words, WebhookWords.AnswerOf(new WebhookAttemptView { Number = 1, At = Clock.GetUtcNow(), Outcome = outcome, StatusCode = status, LatencyMs = 12, Error = error }));

    [Fact]
    public void Hours_AreTheLastTwentyFour_WithWhatHappenedInEach()
    {
        var now = new DateTimeOffset(2026, 3, 2, 10, 40, 0, TimeSpan.Zero);
        var hours = HourOfDeliveries.Sum([new(now.AddMinutes(-10), 3, 1), new(now.AddMinutes(-25), 2, 0), new(now.AddMinutes(-55), 0, 4), new(now.AddHours(-24), 9, 9)], now);
        Assert.Equal(HourOfDeliveries.Shown, hours.Count);
        Assert.Equal((new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero), 5, 1), (hours[^1].From, hours[^1].Succeeded, hours[^1].Failed));
        Assert.Equal((0, 4), (hours[^2].Succeeded, hours[^2].Failed));
        // A day ago is a day too long ago.
        Assert.Equal((5, 5), (hours.Sum(h => h.Succeeded), hours.Sum(h => h.Failed)));
    }

    [Fact]
    public void Strip_DrawsEachHourWithAttempts_AndSaysTheirSum()
    {
        var now = Clock.GetUtcNow();
        var strip = Render<SuccessStrip>(p => p.Add(s => s.Hours, [new(now.AddHours(-2), 0, 0), new(now.AddHours(-1), 999, 1), new(now, 0, 2)]));
        Assert.Equal("999 of 1,002 attempts succeeded in 24 hours", strip.Find("svg").GetAttribute("aria-label"));
        Assert.Single(strip.FindAll(".none"));
        // One failure in a thousand can be seen, and so can that the others succeeded.
        Assert.Equal(["3", "16"], strip.FindAll(".failed").Select(f => f.GetAttribute("height")));
        Assert.Equal(["13", "0"], strip.FindAll(".all").Select(f => f.GetAttribute("height")));
    }

    [Fact]
    public void Json_IsLaidOut_AndNamesAreToldFromTexts()
    {
        var text = Render<JsonText>(p => p.Add(j => j.Text, """{"type":"ticket.created","data":{"subject":"a \"b\": <c>","count":2}}"""));
        Assert.Equal(["\"type\"", "\"data\"", "\"subject\"", "\"count\""], text.FindAll(".json-name").Select(n => n.TextContent));
        Assert.Equal(["\"ticket.created\"", """
            "a \"b\": <c>"
            """], text.FindAll(".json-text").Select(n => n.TextContent));
        Assert.Equal(6, text.Markup.Split('\n').Length - 1);
    }

    [Theory]
    [InlineData("""{"cut": "of""")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("12")]
    [InlineData("")]
    public void Json_WhatIsNone_StaysAsItIs(string answer)
    {
        var text = Render<JsonText>(p => p.Add(j => j.Text, answer));
        Assert.Equal(answer, text.Nodes.Length == 0 ? "" : text.Nodes[0].TextContent);
        Assert.Empty(text.FindAll("span"));
    }
}
