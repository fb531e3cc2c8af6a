using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Auditing;
using SecureBase.Core.Demo;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Presence;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Messaging;

namespace SecureBase.Tests.Support;

/// <summary>What happens to tickets by time alone. The portal's own clock runs on; these tickets live under one that is set.</summary>
public sealed class TicketHousekeepingTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Start);

    [Fact]
    public async Task CloseSilent_AfterExactlySevenDays_ClosesAsTheProductAndTellsEveryone()
    {
        var (acme, ticket) = await ResolvedAsync();
        await using var ear = await LiveEar.OpenAsync(fixture.Database.Connections, acme.Id);

        _clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await CloseSilentAsync(acme));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await CloseSilentAsync(acme));
        Assert.Equal(0, await CloseSilentAsync(acme));

        await using var scope = acme.SystemScope();
        Assert.Equal(TicketStatus.Closed, (await scope.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value.Status);
        var db = scope.Get<SecureBaseDb>();
        var change = await db.TicketEvents.Where(e => e.TicketId == ticket.Id).OrderBy(e => e.Sequence).LastAsync();
        Assert.Equal((TicketEventType.StatusChanged, TicketStatus.Closed, ActorKind.System, _clock.GetUtcNow()), (change.Type, change.Status, change.ActorKind, change.At));
        var entry = await db.AuditEntries.Where(e => e.SubjectId == ticket.Id).OrderBy(e => e.At).LastAsync();
        Assert.Equal((SupportEvents.Updated, ActorKind.System, AuditOutcome.Done), (entry.Action, entry.ActorKind, entry.Outcome));
        var happened = await db.OutboxEvents.Where(e => e.SubjectId == ticket.Id).OrderBy(e => e.Position).LastAsync();
        Assert.Equal((SupportEvents.Updated, false), (happened.Type, happened.Silent));
        await Until.TrueAsync("the closing is signalled live", () => ear.Heard.Any(s => s.Id == ticket.Id && s.Version == happened.SubjectVersion));
    }

    [Fact]
    public async Task CloseSilent_AStaffCommentOnTheResolved_StartsTheSilenceAnew()
    {
        var (acme, ticket) = await ResolvedAsync();
        _clock.Advance(TimeSpan.FromDays(6));
        await using (var scope = (await AgentAsync()).Scope(acme))
            Assert.True((await TicketsAt(scope).CommentAsync(ticket.Id, new AddComment { Body = "One more thing." }, CancellationToken.None)).IsSuccess);

        _clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await CloseSilentAsync(acme));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await CloseSilentAsync(acme));
    }

    [Fact]
    public async Task CloseSilent_WhatTheCustomerAnswered_StaysOpen()
    {
        var (acme, ticket) = await ResolvedAsync();
        await using (var scope = (await acme.AdminAsync()).Scope())
            Assert.True((await TicketsAt(scope).CommentAsync(ticket.Id, new AddComment { Body = "It is back." }, CancellationToken.None)).IsSuccess);

        _clock.Advance(TimeSpan.FromDays(30));

        Assert.Equal(0, await CloseSilentAsync(acme));
    }

    [Fact]
    public async Task CloseSilent_SomebodyWritesMeanwhile_LetsThemHaveIt()
    {
        var (acme, ticket) = await ResolvedAsync();
        _clock.Advance(TimeSpan.FromDays(7));
        await using var writer = new NpgsqlConnection(fixture.Database.SuperuserConnectionString);
        await writer.OpenAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await using var write = new NpgsqlCommand("update tickets set status = 'open', resolved_at = null, version = version + 1 where id = $1", writer) { Parameters = { new() { Value = ticket.Id } } };
        await write.ExecuteNonQueryAsync();

        var closing = CloseSilentAsync(acme);
        await Until.TrueAsync("the closing waits for the writer", async () =>
            await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") is > 0L);
        await transaction.CommitAsync();

        Assert.Equal(0, await closing);
        await using var scope = acme.SystemScope();
        Assert.Equal(TicketStatus.Open, (await scope.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value.Status);
    }

    [Fact]
    public async Task Job_ClosesInEveryTenant()
    {
        var clock = new SettableClock(fixture.Portal.Clock.GetUtcNow() - Ticket.SilenceBeforeClosing);
        var (acme, one) = await ResolvedAsync(clock);
        var (globex, two) = await ResolvedAsync(clock);
        await using (var scope = fixture.Portal.ScopeFor(null, null))
            await ActivatorUtilities.CreateInstance<CloseSilentTicketsJob>(scope.Services).Execute(null!, CancellationToken.None);

        foreach (var (tenant, ticket) in new[] { (acme, one), (globex, two) })
        {
            await using var scope = tenant.SystemScope();
            Assert.Equal(TicketStatus.Closed, (await scope.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value.Status);
        }
    }

    [Theory]
    [InlineData(null, 90)]
    [InlineData(800, 800)]
    public async Task PurgeClosed_AfterExactlyTheTenantsDays_LeavesNothingButTheAudit(int? retention, int days)
    {
        var acme = await TenantAsync(retention);
        var globex = await TenantAsync(retention);
        var agent = await AgentAsync();
        var gone = await ClosedWithEverythingAsync(acme, agent);
        var theirs = await ClosedWithEverythingAsync(globex, agent);

        _clock.Advance(TimeSpan.FromDays(days) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await PurgeAsync(acme));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await PurgeAsync(acme));

        Assert.Equal(new List<long> { 0, 0, 0, 0, 0, 0 }, await RowsOfAsync(gone));
        Assert.Equal(new List<long> { 1, 1, 4, 1, 1, 3 }, await RowsOfAsync(theirs));
        await using var scope = acme.SystemScope();
        var entry = await scope.Get<SecureBaseDb>().AuditEntries.SingleAsync(e => e.Action == TicketHousekeeping.Purged);
        Assert.Equal((ActorKind.System, AuditOutcome.Done, (Guid?)null), (entry.ActorKind, entry.Outcome, entry.SubjectId));
        var details = JsonDocument.Parse(entry.Details!).RootElement;
        Assert.Equal((1, Start, Start), (details.GetProperty("count").GetInt32(), details.GetProperty("closed_from").GetDateTimeOffset(), details.GetProperty("closed_until").GetDateTimeOffset()));
        Assert.Equal(3, details.EnumerateObject().Count());
        Assert.Equal(1L, await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select count(*) from drafts where tenant_id = '{acme.Id}' and key = 'ticket/new'"));
    }

    [Fact]
    public async Task PurgeClosed_NeverTouchesWhatIsNotClosed()
    {
        var (acme, resolved) = await ResolvedAsync();
        await using (var scope = (await acme.AdminAsync()).Scope())
            await TicketsAt(scope).OpenAsync(new OpenTicket { Subject = "Open for years" }, CancellationToken.None);

        _clock.Advance(TimeSpan.FromDays(2_000));

        Assert.Equal(0, await PurgeAsync(acme));
        Assert.Equal(2L, await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select count(*) from tickets where tenant_id = '{acme.Id}'"));
        await using var system = acme.SystemScope();
        Assert.False(await system.Get<SecureBaseDb>().AuditEntries.AnyAsync(e => e.Action == TicketHousekeeping.Purged));
        Assert.Equal(0, await system.Get<SecureBaseDb>().Tickets.ExecuteDeleteAsync());
        Assert.Equal(TicketStatus.Resolved, (await system.Get<TicketService>().GetAsync(resolved.Id, CancellationToken.None)).Value.Status);
    }

    [Fact]
    public async Task ManyTickets_AreClosedAndPurgedInSteps_AndTheirNumbersStayTaken()
    {
        const int count = TicketHousekeeping.BatchSize + 1;
        var acme = await fixture.Given.TenantAsync();
        await using (var scope = fixture.Portal.ScopeFor(acme.Info, (await acme.AdminAsync()).Actor))
            for (var i = 0; i < count; i++)
                await TicketsAt(scope).OpenAsync(new OpenTicket { Subject = $"Ticket {i}" }, CancellationToken.None);
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"update tickets set status = 'resolved', resolved_at = created_at where tenant_id = '{acme.Id}'");

        _clock.Advance(Ticket.SilenceBeforeClosing);
        Assert.Equal(count, await CloseSilentAsync(acme));
        _clock.Advance(TimeSpan.FromDays(90));
        Assert.Equal(count, await PurgeAsync(acme));

        await using var system = acme.SystemScope();
        var steps = await system.Get<SecureBaseDb>().AuditEntries.Where(e => e.Action == TicketHousekeeping.Purged).Select(e => e.Details!).ToListAsync();
        Assert.Equal([1, TicketHousekeeping.BatchSize], steps.Select(d => JsonDocument.Parse(d).RootElement.GetProperty("count").GetInt32()).Order());
        var next = await (await acme.AdminAsync()).OpenTicketAsync();
        Assert.EndsWith($"-{count + 1}", next.Number, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Admin, false)]
    [InlineData(Roles.Lead, true)]
    public async Task PurgeClosed_ByAPerson_IsRefused(string role, bool staff)
    {
        var acme = await fixture.Given.TenantAsync();
        var person = await (staff ? await fixture.Given.OperatorAsync() : acme).PersonAsync(role);
        await using var scope = person.Scope(acme);

        await Assert.ThrowsAsync<InvalidOperationException>(() => HousekeepingAt(scope, _clock).PurgeClosedAsync(CancellationToken.None));
    }

    private async Task<GivenTenant> TenantAsync(int? retention)
    {
        await using var scope = fixture.Portal.ScopeFor(null, SystemActor.Instance);
        var slug = "org-" + Guid.CreateVersion7().ToString("N")[^12..];
        return new GivenTenant(fixture.Portal, (await scope.Get<TenantService>().CreateAsync(new NewTenant(slug, slug, Plan.Government, "Etc/UTC", retention), CancellationToken.None)).Value);
    }

    private async Task<(GivenTenant Tenant, TicketView Ticket)> ResolvedAsync(TimeProvider? clock = null)
    {
        var acme = await fixture.Given.TenantAsync();
        await using var customer = (await acme.PersonAsync(Roles.Analyst)).Scope();
        var ticket = (await TicketsAt(customer, clock).OpenAsync(new OpenTicket { Subject = "The deployment is stuck" }, CancellationToken.None)).Value;
        await using var agent = (await AgentAsync()).Scope(acme);
        Assert.True((await TicketsAt(agent, clock).EditAsync(ticket.Id, new EditTicket { Status = TicketStatus.Resolved }, null, CancellationToken.None)).IsSuccess);
        return (acme, ticket);
    }

    /// <summary>A ticket closed now, with a comment, a note, a presence, and drafts of customer and staff.</summary>
    private async Task<Guid> ClosedWithEverythingAsync(GivenTenant tenant, GivenPerson agent)
    {
        await using var customer = (await tenant.AdminAsync()).Scope();
        var tickets = TicketsAt(customer);
        var id = (await tickets.OpenAsync(new OpenTicket { Subject = "Keep nothing of me" }, CancellationToken.None)).Value.Id;
        await customer.Get<DraftService>().KeepAsync($"ticket/{id}/reply", "half a sentence", CancellationToken.None);
        await customer.Get<DraftService>().KeepAsync("ticket/new", "another matter", CancellationToken.None);
        await using (var staff = agent.Scope(tenant))
        {
            var desk = TicketsAt(staff);
            Assert.True((await desk.NoteAsync(id, "They pay late.", CancellationToken.None)).IsSuccess);
            Assert.True((await desk.CommentAsync(id, new AddComment { Body = "Done.", Status = TicketStatus.Resolved }, CancellationToken.None)).IsSuccess);
            Assert.True((await staff.Get<PresenceService>().ShowAsync(id, Guid.CreateVersion7(), PresenceState.Viewing, CancellationToken.None)).IsSuccess);
        }
        await using (var own = agent.Scope())
        {
            await own.Get<DraftService>().KeepAsync($"ticket/{id}/reply", "half a reply", CancellationToken.None);
            await own.Get<DraftService>().KeepAsync($"ticket/{id}/note", "half a note", CancellationToken.None);
        }
        Assert.True((await tickets.CloseAsync(id, CancellationToken.None)).IsSuccess);
        return id;
    }

    /// <summary>Rows of the ticket itself, its comments, events, notes, presences and drafts, whoever's.</summary>
    private async Task<List<long>> RowsOfAsync(Guid ticket)
    {
        List<long> counts = [];
        foreach (var rows in new[]
        {
            $"tickets where id = '{ticket}'", $"ticket_comments where ticket_id = '{ticket}'", $"ticket_events where ticket_id = '{ticket}'",
            $"internal_notes where ticket_id = '{ticket}'", $"ticket_presences where ticket_id = '{ticket}'", $"drafts where key like 'ticket/{ticket}/%'",
        })
            counts.Add((long)(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select count(*) from {rows}"))!);
        return counts;
    }

    private async Task<int> CloseSilentAsync(GivenTenant tenant)
    {
        await using var scope = tenant.SystemScope();
        return await HousekeepingAt(scope, _clock).CloseSilentAsync(CancellationToken.None);
    }

    private async Task<int> PurgeAsync(GivenTenant tenant)
    {
        await using var scope = tenant.SystemScope();
        return await HousekeepingAt(scope, _clock).PurgeClosedAsync(CancellationToken.None);
    }

    private async Task<GivenPerson> AgentAsync() => await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent);

    private TicketService TicketsAt(Scope scope, TimeProvider? clock = null) =>
        ActivatorUtilities.CreateInstance<TicketService>(scope.Services, scope.Services.UnitOfWorkAt(clock ?? _clock));

    private static TicketHousekeeping HousekeepingAt(Scope scope, TimeProvider clock)
    {
        var unit = scope.Services.UnitOfWorkAt(clock);
        return ActivatorUtilities.CreateInstance<TicketHousekeeping>(scope.Services, unit, ActivatorUtilities.CreateInstance<TicketService>(scope.Services, unit), clock);
    }
}
