using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Sla;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Sla;

/// <summary>What a ticket's clocks look like, and what the policy's form makes of what is typed.</summary>
public sealed class SlaDrawingTests
{
    private static readonly DateTimeOffset Opened = new(2026, 12, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Lanes_ShareOneAxis_FromTheOpeningToTheLastDueTime()
    {
        // Government, critical: 30 minutes to the first reply, 120 to the solution.
        var drawing = Draw(15, (0, SlaEventType.Created, null));
        Assert.Equal([SlaMetric.FirstResponse, SlaMetric.Resolution], drawing.Lanes.Select(l => l.Metric));
        Assert.Equal(12.5, drawing.NowAt!.Value);
        Assert.Equal([("running", 0d, 12.5), ("rest", 12.5, 12.5)], drawing.Lanes[0].Bars.Select(b => (b.Name, b.From, b.Width)));
        Assert.Equal(25d, drawing.Lanes[0].DueAt!.Value);
        Assert.Equal(100d, drawing.Lanes[1].DueAt!.Value);
    }

    [Fact]
    public void CountedTime_TurnsUrgentAtTheWarning_AndLateAtTheDueTime()
    {
        var drawing = Draw(60, (0, SlaEventType.Created, null));
        Assert.Equal([("running", 0d, 12.5), ("soon", 12.5, 12.5), ("over", 25d, 25d)], drawing.Lanes[0].Bars.Select(b => (b.Name, b.From, b.Width)));
    }

    [Fact]
    public void APausedClock_IsHatchedAndHasNoFlag()
    {
        var drawing = Draw(60, (0, SlaEventType.Created, null), (10, SlaEventType.StaffReply, null), (10, SlaEventType.StatusChanged, TicketStatus.WaitingCustomer));
        Assert.Equal(["met"], drawing.Lanes[0].Bars.Select(b => b.Name));
        Assert.Equal(["running", "paused"], drawing.Lanes[1].Bars.Select(b => b.Name));
        Assert.Null(drawing.Lanes[1].DueAt);
    }

    [Theory]
    [InlineData(40, "40 s")]
    [InlineData(1_740, "29 min")]
    [InlineData(11_460, "3 h 11 min")]
    [InlineData(7_200, "2 h")]
    [InlineData(93_600, "1 d 2 h")]
    public void Length_IsSaidInTwoUnits(long seconds, string words) => Assert.Equal(words, SlaWords.Length(seconds));

    [Fact]
    public void Ticks_KeepAwayFromThePresentAndTheEnds()
    {
        var clock = new FakeTimeProvider(Opened.AddMinutes(15));
        var ticks = Draw(15, (0, SlaEventType.Created, null)).Ticks(ViewerTime.In("Europe/Berlin", clock)).ToList();
        Assert.NotEmpty(ticks);
        Assert.All(ticks, tick => Assert.True(tick.At is > 3 and < 97 && Math.Abs(tick.At - 12.5) > 9));
    }

    [Fact]
    public void ThePolicysForm_GivesBackWhatItWasFilledWith()
    {
        foreach (var plan in Enum.GetValues<Plan>())
        {
            var request = PolicyDraft.Of(new PlanPromise(plan, 1, SlaDefaults.Policy(plan), SlaDefaults.Calendar(plan), null, null, null)).ToRequest();
            Assert.Equal(Json(SlaDefaults.Policy(plan)), Json(request.Policy!));
            Assert.Equal(Json(SlaDefaults.Calendar(plan)), Json(request.Calendar!));
        }

        static string Json<T>(T value) => System.Text.Json.JsonSerializer.Serialize(value, SecureBase.Core.Kernel.WireJson.Options);
    }

    private static SlaDrawing Draw(int now, params (int Minute, SlaEventType Type, TicketStatus? Status)[] events)
    {
        var answer = new SlaSimulator(TimeProvider.System).Run(new SlaCase
        {
            Policy = SlaDefaults.Policy(Plan.Government),
            Calendar = SlaDefaults.Calendar(Plan.Government),
            Priority = TicketPriority.Critical,
            Events = [.. events.Select(e => new SlaEventSpec { At = Opened.AddMinutes(e.Minute), Type = e.Type, Status = e.Status })],
            Now = Opened.AddMinutes(now),
        });
        return new SlaDrawing(answer.Value.Clocks, Opened.AddMinutes(now));
    }
}
