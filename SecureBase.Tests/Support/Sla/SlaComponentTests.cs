using Bunit;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Support.Sla;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Sla;

/// <summary>What is said of a ticket's clocks at 10:00 in Berlin, to the customer and to staff.</summary>
public sealed class SlaComponentTests : ComponentTest
{
    [Fact]
    public void Promise_SaysUntilWhenInTheViewersTime_AndCountsDown()
    {
        var promise = Promise(forStaff: false, (-10, SlaEventType.Created, null));
        Assert.Equal("First reply by 10:20 and a solution by 11:50", promise.Find("h2").TextContent);
        Assert.Equal("0:20:00", promise.Find("time[data-countdown]").TextContent);
        Assert.Contains("soon", promise.Find("time").ClassList);
        Assert.Equal("First response: 20 min left, due today 10:20. Resolution: 1 h 50 min left, due today 11:50.", promise.Find("[role=img]").GetAttribute("aria-label"));
    }

    [Fact]
    public void Promise_Late_SaysSo()
    {
        var promise = Promise(forStaff: true, (-40, SlaEventType.Created, null));
        Assert.Equal("The reply was due 09:50 and is late", promise.Find("h2").TextContent);
        Assert.Equal("+0:10:00", promise.Find("time.late").TextContent);
        Assert.NotEmpty(promise.FindAll(".track .over"));
    }

    [Fact]
    public void Promise_Paused_HasNothingToCount()
    {
        var promise = Promise(forStaff: false, (-40, SlaEventType.Created, null), (-30, SlaEventType.StaffReply, null), (-30, SlaEventType.StatusChanged, TicketStatus.WaitingCustomer));
        Assert.Equal("The clock is paused while it waits for you", promise.Find("h2").TextContent);
        Assert.Empty(promise.FindAll("time[data-countdown]"));
        Assert.NotEmpty(promise.FindAll(".track .paused"));
    }

    [Fact]
    public void Why_IsASumThatEndsInTheDueTime_OverTheWholeLedger()
    {
        var clocks = Clocks((-60, SlaEventType.Created, null), (-50, SlaEventType.StaffReply, null), (-40, SlaEventType.StatusChanged, TicketStatus.WaitingCustomer), (-15, SlaEventType.CustomerComment, null), (-10, SlaEventType.StaffReply, null));
        var why = Render<SlaWhy>(p => p.Add(w => w.Clocks, clocks));
        Assert.Equal("Why 11:25?", why.Find("h2").TextContent);
        Assert.Equal(["09:00:00", "+ 2:00:00", "+ 0:25:00", "+ 0:00:00", "11:25:00"], why.FindAll(".why-sum td").Select(cell => cell.TextContent));
        Assert.Equal(["running", "running", "running", "paused", "running"], why.FindAll(".full-ledger li").Select(segment => segment.ClassName));
    }

    private IRenderedComponent<SlaPromise> Promise(bool forStaff, params (int Minute, SlaEventType Type, TicketStatus? Status)[] events) =>
        Render<SlaPromise>(p => p.Add(s => s.Clocks, Clocks(events)).Add(s => s.ForStaff, forStaff));

    /// <summary>Government, critical: 30 minutes to a reply, 120 to the solution.</summary>
    private IReadOnlyList<SlaClockView> Clocks(params (int Minute, SlaEventType Type, TicketStatus? Status)[] events) => new SlaSimulator(Clock).Run(new SlaCase
    {
        Policy = SlaDefaults.Policy(Plan.Government),
        Calendar = SlaDefaults.Calendar(Plan.Government),
        Priority = TicketPriority.Critical,
        Events = [.. events.Select(e => new SlaEventSpec { At = Clock.GetUtcNow().AddMinutes(e.Minute), Type = e.Type, Status = e.Status })],
    }).Value.Clocks;
}
