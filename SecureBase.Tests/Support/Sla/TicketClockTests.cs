using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Sla;

/// <summary>The clocks of real tickets, at a <see cref="ClockDesk"/>.</summary>
public sealed class TicketClockTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly DateTimeOffset Start = ClockDesk.Start;

    private readonly ClockDesk _desk = new(fixture, new FakeTimeProvider(Start));

    private FakeTimeProvider Clock => _desk.Clock;

    [Fact]
    public async Task EachChange_StoresWhatTheEventsGive()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Healthcare);
        var ticket = await _desk.OpenAsync(acme, TicketPriority.High);
        Assert.Equal(Start.AddMinutes(120), ticket.NextDueAt);
        Assert.Equal([(SlaMetric.FirstResponse, 1, (DateTimeOffset?)Start.AddMinutes(120)), (SlaMetric.Resolution, 1, Start.AddMinutes(480))], await ClockDesk.DueAsync(acme, ticket.Id));

        Clock.Advance(TimeSpan.FromMinutes(30));
        await _desk.StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "Which bucket?", Status = TicketStatus.WaitingCustomer }, CancellationToken.None));
        Assert.Equal([(SlaMetric.FirstResponse, 1, (DateTimeOffset?)Start.AddMinutes(120)), (SlaMetric.Resolution, 1, null)], await ClockDesk.DueAsync(acme, ticket.Id));
        Assert.Null((await ClockDesk.ReadAsync(acme, ticket.Id)).NextDueAt);

        Clock.Advance(TimeSpan.FromMinutes(60));
        await _desk.CustomerAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "The second one." }, CancellationToken.None));
        Assert.Equal(
            [(SlaMetric.FirstResponse, 1, (DateTimeOffset?)Start.AddMinutes(120)), (SlaMetric.NextResponse, 1, Start.AddMinutes(90 + 120)), (SlaMetric.Resolution, 1, Start.AddMinutes(60 + 480))],
            await ClockDesk.DueAsync(acme, ticket.Id));
        Assert.Equal(Start.AddMinutes(210), (await ClockDesk.ReadAsync(acme, ticket.Id)).NextDueAt);
    }

    [Fact]
    public async Task Sla_ThroughTheApi_NamesTheVersions_AndIsNobodyElses()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Standard, timeZone: "Europe/Berlin");
        var ticket = await _desk.OpenAsync(acme, TicketPriority.High);
        using var own = fixture.Portal.Call((await acme.ApiKeyAsync("tickets:read")).Text);
        using var answer = await own.GetAsync($"/v1/support/tickets/{ticket.Id}/sla");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var clock = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["clocks"]![0]!;
        Assert.Equal(("first_response", "running", "2036-03-04T13:00:00+00:00"), (clock["metric"]!.GetValue<string>(), clock["state"]!.GetValue<string>(), clock["due_at"]!.GetValue<string>()));

        using var other = fixture.Portal.Call((await (await fixture.Given.TenantAsync()).ApiKeyAsync("tickets:read")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/v1/support/tickets/{ticket.Id}/sla")).StatusCode);
    }

    [Fact]
    public async Task Sweep_ByManyNodesAtOnce_TellsEachWarningAndBreachOnce()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        for (var i = 0; i < 12; i++)
            await _desk.OpenAsync(acme, TicketPriority.Critical);
        Assert.Equal((0, 0), await ClockDesk.ToldAsync(acme));

        Clock.Advance(TimeSpan.FromMinutes(15) + SlaSweep.Grace);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _desk.SweepAsync(acme)));
        Assert.Equal((12, 0), await ClockDesk.ToldAsync(acme));
        Clock.Advance(TimeSpan.FromMinutes(15));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _desk.SweepAsync(acme)));
        Assert.Equal((12, 12), await ClockDesk.ToldAsync(acme));
        Clock.Advance(TimeSpan.FromMinutes(15));
        await _desk.SweepAsync(acme);
        Assert.Equal((12, 12), await ClockDesk.ToldAsync(acme));
    }

    [Fact]
    public async Task AReplyAfterADowntime_TellsTheBreachThatNoSweepSaw()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        var ticket = await _desk.OpenAsync(acme, TicketPriority.Critical);
        Clock.Advance(TimeSpan.FromMinutes(31));
        await _desk.StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "Sorry." }, CancellationToken.None));
        Assert.Equal((0, 1), await ClockDesk.ToldAsync(acme));
        Assert.Equal(Start.AddMinutes(120), await DueInEventAsync(acme, SupportEvents.SlaBreached));
        await _desk.SweepAsync(acme);
        Assert.Equal((0, 1), await ClockDesk.ToldAsync(acme));
    }

    [Fact]
    public async Task AReplyInTime_LeavesNothingToTell()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        var ticket = await _desk.OpenAsync(acme, TicketPriority.Critical);
        Clock.Advance(TimeSpan.FromMinutes(10));
        await _desk.StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "Which one?", Status = TicketStatus.WaitingCustomer }, CancellationToken.None));
        Clock.Advance(TimeSpan.FromDays(3));
        await _desk.SweepAsync(acme);
        Assert.Equal((0, 0), await ClockDesk.ToldAsync(acme));
    }

    [Fact]
    public async Task HistoryWrittenAfterwards_IsNobodysNews_NorIsItLater()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        Clock.Advance(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero) - Start);
        var ticket = await _desk.OpenSilentlyAsync(acme, TicketPriority.Critical);
        await _desk.SweepAsync(acme, TimeProvider.System);
        await _desk.StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "At last." }, CancellationToken.None), TimeProvider.System);
        Assert.Equal((0, 0), await ClockDesk.ToldAsync(acme));
    }

    [Fact]
    public async Task HistoryThatReachesIntoThePresent_IsSilentAboutItsPast_AndTellsTheRest()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        var now = TimeProvider.System.GetUtcNow();
        // Its warning was five minutes ago, its breach is in ten.
        Clock.Advance(now.AddMinutes(-20) - Start);
        await _desk.OpenSilentlyAsync(acme, TicketPriority.Critical);
        Clock.Advance(TimeSpan.FromMinutes(29));
        await _desk.SweepAsync(acme);
        Assert.Equal((0, 0), await ClockDesk.ToldAsync(acme));
        Clock.Advance(TimeSpan.FromMinutes(2));
        await _desk.SweepAsync(acme);
        Assert.Equal((0, 1), await ClockDesk.ToldAsync(acme));
    }

    [Fact]
    public async Task ANewVersion_HoldsForOpenTicketsFromThenOn_AndTheLedgerNamesBoth()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Fintech);
        var ticket = await _desk.OpenAsync(acme, TicketPriority.High);
        var provider = await fixture.Given.OperatorAsync();
        var lead = await provider.PersonAsync(Roles.Lead);
        await using (var scope = lead.Scope())
        {
            var policies = scope.Get<SlaPolicyService>();
            var last = (await policies.VersionsAsync(Plan.Fintech, CancellationToken.None)).Value[0];
            var stricter = new SavePromise { Policy = SlaDefaults.Policy(Plan.Government), Calendar = last.Calendar, Note = "As agreed with all" };
            Assert.Equal(last.Version + 1, (await policies.SaveAsync(Plan.Fintech, last.Version, stricter, CancellationToken.None)).Value.Version);
            Assert.Equal(ErrorKind.Stale, (await policies.SaveAsync(Plan.Fintech, last.Version, stricter, CancellationToken.None)).Error?.Kind);
        }
        Clock.Advance(TimeSpan.FromMinutes(20));
        await using (var scope = acme.SystemScope())
            Assert.True(await _desk.At<SlaSweep>(scope).RenewAsync(CancellationToken.None) > 0);
        Assert.Equal(Start.AddMinutes(60), (await ClockDesk.ReadAsync(acme, ticket.Id)).NextDueAt);

        Clock.Advance(TimeSpan.FromMinutes(5));
        await _desk.StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "Looking." }, CancellationToken.None));
        await using var reading = acme.SystemScope();
        var clocks = (await reading.Get<TicketClocks>().ReadAsync(ticket.Id, CancellationToken.None)).Value.Clocks;
        Assert.Equal(["fintech policy, version 1", "fintech policy, version 2"], clocks[0].Segments.Select(s => s.PolicyVersion));
        Assert.Equal((3_600, 1_500), (clocks[0].TargetSeconds, clocks[0].ElapsedSeconds));
    }

    [Fact]
    public async Task TheWorker_TellsByItself_AlsoWhatCameDueWhileItWasDown()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        await _desk.OpenAsync(acme, TicketPriority.Critical);
        // The node starts when both the warning and the breach are over.
        Clock.Advance(TimeSpan.FromMinutes(45));
        await using var node = await PortalFactory.StartAsync(fixture.Database.Connections, new PortalSettings { Clock = Clock });
        await Until.TrueAsync("the worker tells of the breach", async () =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            // Of the solution's clock a warning may come as well, should this take long.
            return await ClockDesk.ToldAsync(acme) is ( >= 1, 1);
        });
    }

    /// <summary>The ticket's due time in the only event of a type.</summary>
    private static async Task<DateTimeOffset?> DueInEventAsync(GivenTenant tenant, string type)
    {
        await using var scope = tenant.SystemScope();
        var told = await scope.Get<SecureBaseDb>().OutboxEvents.SingleAsync(e => e.Type == type);
        return JsonNode.Parse(told.Data!)!["next_due_at"]?.GetValue<DateTimeOffset>();
    }
}
