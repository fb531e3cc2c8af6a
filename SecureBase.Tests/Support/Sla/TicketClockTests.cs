using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Demo;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Sla;

/// <summary>The clocks of real tickets. They live in a future that this process's own sweep does not reach, under a clock that is set.</summary>
public sealed class TicketClockTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    /// <summary>A Tuesday.</summary>
    private static readonly DateTimeOffset Start = new(2036, 3, 4, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Start);

    [Fact]
    public async Task EachChange_StoresWhatTheEventsGive()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Healthcare);
        var ticket = await OpenAsync(acme, TicketPriority.High);
        Assert.Equal(Start.AddMinutes(120), ticket.NextDueAt);
        Assert.Equal([(SlaMetric.FirstResponse, 1, (DateTimeOffset?)Start.AddMinutes(120)), (SlaMetric.Resolution, 1, Start.AddMinutes(480))], await DueAsync(acme, ticket.Id));

        _clock.Advance(TimeSpan.FromMinutes(30));
        await StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "Which bucket?", Status = TicketStatus.WaitingCustomer }, CancellationToken.None));
        Assert.Equal([(SlaMetric.FirstResponse, 1, (DateTimeOffset?)Start.AddMinutes(120)), (SlaMetric.Resolution, 1, null)], await DueAsync(acme, ticket.Id));
        Assert.Null((await ReadAsync(acme, ticket.Id)).NextDueAt);

        _clock.Advance(TimeSpan.FromMinutes(60));
        await CustomerAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "The second one." }, CancellationToken.None));
        Assert.Equal(
            [(SlaMetric.FirstResponse, 1, (DateTimeOffset?)Start.AddMinutes(120)), (SlaMetric.NextResponse, 1, Start.AddMinutes(90 + 120)), (SlaMetric.Resolution, 1, Start.AddMinutes(60 + 480))],
            await DueAsync(acme, ticket.Id));
        Assert.Equal(Start.AddMinutes(210), (await ReadAsync(acme, ticket.Id)).NextDueAt);
    }

    [Fact]
    public async Task Sla_ThroughTheApi_NamesTheVersions_AndIsNobodyElses()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Standard, timeZone: "Europe/Berlin");
        var ticket = await OpenAsync(acme, TicketPriority.High);
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
            await OpenAsync(acme, TicketPriority.Critical);
        Assert.Equal((0, 0), await ToldAsync(acme));

        _clock.Advance(TimeSpan.FromMinutes(15) + SlaSweep.Grace);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SweepAsync(acme)));
        Assert.Equal((12, 0), await ToldAsync(acme));
        _clock.Advance(TimeSpan.FromMinutes(15));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SweepAsync(acme)));
        Assert.Equal((12, 12), await ToldAsync(acme));
        _clock.Advance(TimeSpan.FromMinutes(15));
        await SweepAsync(acme);
        Assert.Equal((12, 12), await ToldAsync(acme));
    }

    [Fact]
    public async Task AReplyAfterADowntime_TellsTheBreachThatNoSweepSaw()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        var ticket = await OpenAsync(acme, TicketPriority.Critical);
        _clock.Advance(TimeSpan.FromMinutes(31));
        await StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "Sorry." }, CancellationToken.None));
        Assert.Equal((0, 1), await ToldAsync(acme));
        await SweepAsync(acme);
        Assert.Equal((0, 1), await ToldAsync(acme));
    }

    [Fact]
    public async Task AReplyInTime_LeavesNothingToTell()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        var ticket = await OpenAsync(acme, TicketPriority.Critical);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "Which one?", Status = TicketStatus.WaitingCustomer }, CancellationToken.None));
        _clock.Advance(TimeSpan.FromDays(3));
        await SweepAsync(acme);
        Assert.Equal((0, 0), await ToldAsync(acme));
    }

    [Fact]
    public async Task HistoryWrittenAfterwards_IsNobodysNews_NorIsItLater()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        _clock.Advance(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero) - Start);
        var admin = await acme.AdminAsync();
        TicketView ticket;
        await using (var scope = acme.Portal.Services.GetRequiredService<IServiceScopeFactory>().EnterSilently(acme.Info, admin.Actor))
            ticket = (await ActivatorUtilities.CreateInstance<TicketService>(scope.ServiceProvider, scope.ServiceProvider.UnitOfWorkAt(_clock)).OpenAsync(new OpenTicket { Subject = "Long ago", Priority = TicketPriority.Critical }, CancellationToken.None)).Value;
        await SweepAsync(acme, TimeProvider.System);
        await StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "At last." }, CancellationToken.None), TimeProvider.System);
        Assert.Equal((0, 0), await ToldAsync(acme));
    }

    [Fact]
    public async Task HistoryThatReachesIntoThePresent_IsSilentAboutItsPast_AndTellsTheRest()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        var now = TimeProvider.System.GetUtcNow();
        // Its warning was five minutes ago, its breach is in ten.
        _clock.Advance(now.AddMinutes(-20) - Start);
        var admin = await acme.AdminAsync();
        await using (var scope = acme.Portal.Services.GetRequiredService<IServiceScopeFactory>().EnterSilently(acme.Info, admin.Actor))
            await ActivatorUtilities.CreateInstance<TicketService>(scope.ServiceProvider, scope.ServiceProvider.UnitOfWorkAt(_clock)).OpenAsync(new OpenTicket { Subject = "Still open", Priority = TicketPriority.Critical }, CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(29));
        await SweepAsync(acme);
        Assert.Equal((0, 0), await ToldAsync(acme));
        _clock.Advance(TimeSpan.FromMinutes(2));
        await SweepAsync(acme);
        Assert.Equal((0, 1), await ToldAsync(acme));
    }

    [Fact]
    public async Task ANewVersion_HoldsForOpenTicketsFromThenOn_AndTheLedgerNamesBoth()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Fintech);
        var ticket = await OpenAsync(acme, TicketPriority.High);
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
        _clock.Advance(TimeSpan.FromMinutes(20));
        await using (var scope = acme.SystemScope())
            Assert.True(await At<SlaSweep>(scope, _clock).RenewAsync(CancellationToken.None) > 0);
        Assert.Equal(Start.AddMinutes(60), (await ReadAsync(acme, ticket.Id)).NextDueAt);

        _clock.Advance(TimeSpan.FromMinutes(5));
        await StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "Looking." }, CancellationToken.None));
        await using var reading = acme.SystemScope();
        var clocks = (await reading.Get<TicketClocks>().ReadAsync(ticket.Id, CancellationToken.None)).Value.Clocks;
        Assert.Equal(["fintech policy, version 1", "fintech policy, version 2"], clocks[0].Segments.Select(s => s.PolicyVersion));
        Assert.Equal((3_600, 1_500), (clocks[0].TargetSeconds, clocks[0].ElapsedSeconds));
    }

    [Fact]
    public async Task TheWorker_TellsByItself_AlsoWhatCameDueWhileItWasDown()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        await OpenAsync(acme, TicketPriority.Critical);
        // The node starts when both the warning and the breach are over.
        _clock.Advance(TimeSpan.FromMinutes(45));
        await using var node = await PortalFactory.StartAsync(fixture.Database.Connections, new PortalSettings { Clock = _clock });
        await Until.TrueAsync("the worker tells of the breach", async () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return await ToldAsync(acme) == (1, 1);
        });
    }

    private async Task<TicketView> OpenAsync(GivenTenant tenant, TicketPriority priority)
    {
        await using var scope = (await tenant.AdminAsync()).Scope();
        return (await At<TicketService>(scope, _clock).OpenAsync(new OpenTicket { Subject = "Egress doubled", Priority = priority }, CancellationToken.None)).Value;
    }

    private async Task StaffAsync<T>(GivenTenant tenant, Func<TicketService, Task<Result<T>>> act, TimeProvider? clock = null)
    {
        await using var scope = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent)).Scope(tenant);
        Assert.Null((await act(At<TicketService>(scope, clock ?? _clock))).Error);
    }

    private async Task CustomerAsync<T>(GivenTenant tenant, Func<TicketService, Task<Result<T>>> act)
    {
        await using var scope = (await tenant.AdminAsync()).Scope();
        Assert.Null((await act(At<TicketService>(scope, _clock))).Error);
    }

    private async Task SweepAsync(GivenTenant tenant, TimeProvider? clock = null)
    {
        await using var scope = tenant.SystemScope();
        await At<SlaSweep>(scope, clock ?? _clock).TellDueAsync(CancellationToken.None);
    }

    private static async Task<TicketView> ReadAsync(GivenTenant tenant, Guid id)
    {
        await using var scope = tenant.SystemScope();
        return (await scope.Get<TicketService>().GetAsync(id, CancellationToken.None)).Value;
    }

    private static async Task<List<(SlaMetric, int, DateTimeOffset?)>> DueAsync(GivenTenant tenant, Guid id)
    {
        await using var scope = tenant.SystemScope();
        var rows = await scope.Get<SecureBaseDb>().TicketClocks.Where(c => c.TicketId == id).ToListAsync();
        return [.. rows.OrderBy(c => c.Metric).ThenBy(c => c.Cycle).Select(c => (c.Metric, c.Cycle, c.DueAt))];
    }

    private static async Task<(int Warnings, int Breaches)> ToldAsync(GivenTenant tenant)
    {
        await using var scope = tenant.SystemScope();
        var types = await scope.Get<SecureBaseDb>().OutboxEvents.Select(e => e.Type).ToListAsync();
        return (types.Count(t => t == SupportEvents.SlaWarning), types.Count(t => t == SupportEvents.SlaBreached));
    }

    private static T At<T>(Scope scope, TimeProvider clock) => ActivatorUtilities.CreateInstance<T>(scope.Services, scope.Services.UnitOfWorkAt(clock));
}
