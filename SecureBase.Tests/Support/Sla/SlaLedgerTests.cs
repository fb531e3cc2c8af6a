using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Tests.Support.Sla;

/// <summary>The rules of the clocks, one by one, on days one can count by hand.</summary>
public sealed class SlaLedgerTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    /// <summary>Tuesday, 10:00 in Berlin.</summary>
    private static readonly DateTimeOffset Opened = new(2026, 12, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly SlaPolicy Policy = new(
        new Dictionary<TicketPriority, SlaTargets>
        {
            [TicketPriority.High] = new(TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(240)),
            [TicketPriority.Low] = new(TimeSpan.FromMinutes(600), TimeSpan.FromMinutes(600), TimeSpan.FromMinutes(2_400)),
        },
        [TicketStatus.WaitingCustomer]);

    private static readonly BusinessCalendar Weekdays = new(
        Berlin, [.. Enumerable.Range(1, 5).Select(day => new WeeklyHours((DayOfWeek)day, TimeSpan.FromHours(9), TimeSpan.FromHours(18)))], [new DateOnly(2026, 12, 25)]);

    [Fact]
    public void FirstResponse_EndsWithTheFirstReply_AndNeverPauses()
    {
        var clock = First(40, Status(10, TicketStatus.WaitingCustomer), Reply(30), Reply(35));
        Assert.Equal((SlaClockState.Met, TimeSpan.FromMinutes(30), At(30), At(600)), (clock.State, clock.Elapsed, clock.EndedAt, clock.DueAt));
    }

    [Fact]
    public void FirstResponse_WithoutReply_EndsWithTheResolution_AndOpensTheWayForNextResponses()
    {
        var clocks = Clocks(90, Comment(5), Status(20, TicketStatus.Resolved), Comment(50));
        Assert.Equal(At(20), clocks[0].EndedAt);
        Assert.Equal((SlaMetric.NextResponse, 1, At(50), At(650)), (clocks[1].Metric, clocks[1].Cycle, clocks[1].StartedAt, clocks[1].DueAt));
        Assert.Equal((SlaClockState.Running, TimeSpan.FromMinutes(60)), (clocks[2].State, clocks[2].Elapsed));
    }

    [Fact]
    public void NextResponse_IsACycleOfItsOwnForEachUnansweredMessage()
    {
        var clocks = Clocks(200, Comment(1), Reply(5), Comment(10), Comment(20), Reply(30), Reply(31), Comment(40), Status(45, TicketStatus.Closed), Comment(50), Status(60, TicketStatus.Open), Comment(70));
        var cycles = clocks.Where(c => c.Metric == SlaMetric.NextResponse).Select(c => (c.Cycle, c.StartedAt, c.EndedAt));
        Assert.Equal([(1, At(10), (DateTimeOffset?)At(30)), (2, At(40), At(45)), (3, At(70), (DateTimeOffset?)null)], cycles);
    }

    [Fact]
    public void NextResponse_PausesWhileItWaitsForTheCustomer_WithoutADueTime()
    {
        var waiting = Next(100, Reply(1), Comment(10), Status(20, TicketStatus.WaitingCustomer));
        Assert.Equal((SlaClockState.Paused, TimeSpan.FromMinutes(10), (DateTimeOffset?)null), (waiting.State, waiting.Elapsed, waiting.DueAt));
        var again = Next(100, Reply(1), Comment(10), Status(20, TicketStatus.WaitingCustomer), Comment(90));
        Assert.Equal((SlaClockState.Running, TimeSpan.FromMinutes(20), At(680)), (again.State, again.Elapsed, again.DueAt));
    }

    [Fact]
    public void Resolution_ResumesWithItsElapsedTime_WhenReopened()
    {
        var clock = Resolution(400, Status(100, TicketStatus.Resolved), Status(200, TicketStatus.Closed), Status(300, TicketStatus.Open));
        Assert.Equal((SlaClockState.Running, TimeSpan.FromMinutes(200), (DateTimeOffset?)null, At(2_600)), (clock.State, clock.Elapsed, clock.EndedAt, clock.DueAt));
        Assert.Equal(
            [(At(0), At(100), SlaSegmentKind.Running), (At(100), At(300), SlaSegmentKind.Paused), (At(300), At(400), SlaSegmentKind.Running)],
            clock.Segments().Select(s => (s.From, s.To, s.Kind)));
    }

    [Fact]
    public void Priority_RetargetsOpenClocks_AndEndedOnesOnlyAfterTheNextChange()
    {
        var escalated = Resolution(300, Priority(270, TicketPriority.High));
        Assert.Equal((SlaClockState.Breached, TimeSpan.FromMinutes(240), At(240)), (escalated.State, escalated.Target, escalated.DueAt));

        SlaEvent[] reopened = [Status(100, TicketStatus.Resolved), Priority(120, TicketPriority.High), Status(150, TicketStatus.Open)];
        Assert.Equal(TimeSpan.FromMinutes(2_400), Resolution(300, reopened).Target);
        Assert.Equal(TimeSpan.FromMinutes(240), Resolution(300, [.. reopened, Priority(200, TicketPriority.High)]).Target);
        Assert.Equal(TimeSpan.FromMinutes(600), First(300, Reply(10), Priority(20, TicketPriority.High)).Target);
    }

    [Theory]
    [InlineData(600, SlaClockState.Running)]
    [InlineData(601, SlaClockState.Breached)]
    public void Breached_IsBeyondTheTarget_NotAtIt(int now, SlaClockState state)
    {
        var clock = First(now);
        Assert.Equal((state, At(600)), (clock.State, clock.DueAt));
        Assert.Equal(state == SlaClockState.Running ? SlaClockState.Met : state, First(now, Reply(now)).State);
    }

    [Fact]
    public void Breached_WhilePaused_StaysBreached_WithoutADueTime()
    {
        var clock = Resolution(3_000, Status(2_500, TicketStatus.WaitingCustomer));
        Assert.Equal((SlaClockState.Breached, (DateTimeOffset?)null, At(2_400)), (clock.State, clock.DueAt, clock.ReachedTargetAt));
    }

    [Fact]
    public void Events_AfterNow_HaveNotHappenedYet_AndThoseAtNowHave()
    {
        Assert.Equal(SlaClockState.Running, First(29, Reply(30)).State);
        Assert.Equal(SlaClockState.Met, First(30, Reply(30)).State);
        Assert.Empty(Clocks(-1));
    }

    [Fact]
    public void Due_WhenTheHoursEndWithTheTarget_IsTheEndOfTheHours()
    {
        // 10:00 to 18:00 in Berlin are the 480 minutes.
        Assert.Equal(Opened.AddHours(8), Weekdays.After(Opened, TimeSpan.FromMinutes(480)));
        Assert.Equal(Opened.AddHours(23).AddTicks(1), Weekdays.After(Opened, TimeSpan.FromMinutes(480) + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Hours_OverAHolidayAndAWeekend_AreNotCounted_AndTheSegmentsSaySo()
    {
        var thursday = new DateTimeOffset(2026, 12, 24, 16, 0, 0, TimeSpan.Zero);
        var monday = new DateTimeOffset(2026, 12, 28, 8, 30, 0, TimeSpan.Zero);
        var clock = SlaLedger.Clocks([new SlaTerms(thursday, Policy, Weekdays)], TicketPriority.High, [new SlaEvent(thursday, SlaEventType.Created)], monday)[0];
        Assert.Equal((TimeSpan.FromMinutes(90), thursday.AddHours(1), monday.AddMinutes(-30)), (clock.Elapsed, clock.Segments().First().To, clock.Segments().Last().From));
        Assert.Equal(
            ["counts in business hours, Europe/Berlin", "outside business hours, Europe/Berlin; holiday 2026-12-25", "counts in business hours, Europe/Berlin"],
            clock.Segments().Select(s => s.Reason));
    }

    [Theory]
    [InlineData(2026, 3, 29, 23)]
    [InlineData(2026, 10, 25, 25)]
    [InlineData(2026, 10, 26, 24)]
    public void ADay_HasAsManyHoursAsItHas(int year, int month, int day, int hours)
    {
        var everyDay = new BusinessCalendar(Berlin, [.. Enum.GetValues<DayOfWeek>().Select(d => new WeeklyHours(d, TimeSpan.Zero, TimeSpan.FromHours(24)))], []);
        var midnight = TimeZoneInfo.ConvertTimeToUtc(new DateTime(year, month, day), Berlin);
        var next = TimeZoneInfo.ConvertTimeToUtc(new DateTime(year, month, day).AddDays(1), Berlin);
        Assert.Equal(TimeSpan.FromHours(hours), everyDay.Between(midnight, next));
        Assert.Single(everyDay.Open(midnight, next));
    }

    [Fact]
    public void ARepeatedHour_CountsTwice_AndASkippedOneNot()
    {
        var twoToThree = new BusinessCalendar(Berlin, [new WeeklyHours(DayOfWeek.Sunday, TimeSpan.FromHours(2), TimeSpan.FromHours(3))], []);
        Assert.Equal(TimeSpan.FromHours(2), twoToThree.Between(Utc(10, 24), Utc(10, 27)));
        Assert.Equal(TimeSpan.Zero, twoToThree.Between(Utc(3, 28), Utc(3, 31)));

        static DateTimeOffset Utc(int month, int day) => new(2026, month, day, 0, 0, 0, TimeSpan.Zero);
    }

    [Fact]
    public void NewTerms_GiveOpenClocksTheirTargetsAndCalendar_FromThenOn()
    {
        var stricter = new SlaPolicy(new Dictionary<TicketPriority, SlaTargets> { [TicketPriority.Low] = new(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(720)) }, []);
        SlaTerms[] terms = [new(Opened.AddYears(-1), Policy, BusinessCalendar.AroundTheClock) { PolicyVersion = "1" }, new(At(540), stricter, Weekdays) { PolicyVersion = "2" }];
        SlaEvent[] events = [new(Opened, SlaEventType.Created), Reply(10), Status(20, TicketStatus.WaitingCustomer)];
        var clocks = SlaLedger.Clocks(terms, TicketPriority.Low, events, At(1_500));
        Assert.Equal(TimeSpan.FromMinutes(600), clocks[0].Target);
        // 20 minutes until it waits; from 19:00 in Berlin nothing pauses any more, but hours begin at 9:00 the next day.
        Assert.Equal((TimeSpan.FromMinutes(720), TimeSpan.FromMinutes(20 + 120)), (clocks[1].Target, clocks[1].Elapsed));
        Assert.Equal(["1", "1", "2", "2"], clocks[1].Segments().Select(s => s.Terms.PolicyVersion));
        Assert.Equal(clocks.Select(Whole), SlaLedger.Clocks(terms, TicketPriority.Low, events, At(1_500)).Select(Whole));

        static string Whole(SlaClock clock) => System.Text.Json.JsonSerializer.Serialize(SlaClockView.Of(clock), SecureBase.Core.Kernel.WireJson.Options);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(40, 25)]
    [InlineData(60, 45)]
    [InlineData(240, 180)]
    public void TheWarning_ComesAtThreeQuartersOrFifteenMinutesBefore(int target, int warning) =>
        Assert.Equal(TimeSpan.FromMinutes(warning), SlaClock.WarningAfter(TimeSpan.FromMinutes(target)));

    private static DateTimeOffset At(int minute) => Opened.AddMinutes(minute);

    private static SlaEvent Reply(int minute) => new(At(minute), SlaEventType.StaffReply);

    private static SlaEvent Comment(int minute) => new(At(minute), SlaEventType.CustomerComment);

    private static SlaEvent Status(int minute, TicketStatus status) => new(At(minute), SlaEventType.StatusChanged, status);

    private static SlaEvent Priority(int minute, TicketPriority priority) => new(At(minute), SlaEventType.PriorityChanged, Priority: priority);

    private static IReadOnlyList<SlaClock> Clocks(int now, params SlaEvent[] events) =>
        SlaLedger.Clocks([new SlaTerms(Opened, Policy, BusinessCalendar.AroundTheClock)], TicketPriority.Low, [new SlaEvent(Opened, SlaEventType.Created), .. events], At(now));

    private static SlaClock First(int now, params SlaEvent[] events) => Clocks(now, events)[0];

    private static SlaClock Next(int now, params SlaEvent[] events) => Clocks(now, events)[1];

    private static SlaClock Resolution(int now, params SlaEvent[] events) => Clocks(now, events)[^1];
}
