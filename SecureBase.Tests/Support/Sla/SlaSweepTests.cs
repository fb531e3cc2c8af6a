using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Sla;

/// <summary>Who is told what by the sweep, and in which order, at a <see cref="ClockDesk"/>.</summary>
public sealed class SlaSweepTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private readonly ClockDesk _desk = new(fixture, new FakeTimeProvider(ClockDesk.Start));

    [Fact]
    public async Task OneTenantsBacklog_IsToldBatchByBatch_AndByTheWorkerInOneTurn()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        var ticket = await _desk.OpenAsync(acme, TicketPriority.Critical);
        const int Backlog = (2 * SlaSweep.BatchSize) + 1;
        await AddClocksAsync(ticket.Id, Backlog - 1);
        _desk.Clock.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal(SlaSweep.BatchSize, await _desk.SweepAsync(acme));
        Assert.Equal((SlaSweep.BatchSize, SlaSweep.BatchSize), await ClockDesk.ToldAsync(acme));

        // Its clock stands still: it takes the one turn with which it starts.
        await using var node = await PortalFactory.StartAsync(fixture.Database.Connections, new PortalSettings { Clock = _desk.Clock });
        await Until.TrueAsync("the worker's first turn tells all", async () => await ClockDesk.ToldAsync(acme) == (Backlog, Backlog), seconds: 120);
    }

    [Fact]
    public async Task TenantsWithDueClocks_BeginWithTheOneThatHasWaitedLongest()
    {
        List<Guid> tenants = [];
        for (var i = 0; i < 4; i++)
        {
            var tenant = await fixture.Given.TenantAsync(plan: Plan.Government);
            await _desk.OpenAsync(tenant, TicketPriority.Critical);
            tenants.Insert(0, tenant.Id);
            _desk.Clock.Advance(TimeSpan.FromMinutes(-10));
        }

        await using var command = fixture.Portal.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select tenant_id from tenants_with_due_clocks($1)");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = ClockDesk.Start.AddDays(1) });
        await using var reader = await command.ExecuteReaderAsync();
        List<Guid> named = [];
        while (await reader.ReadAsync())
            named.Add(reader.GetGuid(0));
        Assert.Equal(tenants, named.Where(tenants.Contains));
    }

    [Fact]
    public async Task AReplyInTime_ThatWaitsForAnotherWriter_IsNotToldAsABreach()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        var ticket = await _desk.OpenAsync(acme, TicketPriority.Critical);
        _desk.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(1, await _desk.SweepAsync(acme));
        Assert.Equal((1, 0), await ClockDesk.ToldAsync(acme));

        Task reply;
        await using (var scope = acme.SystemScope())
        {
            var db = scope.Get<SecureBaseDb>();
            await using var other = await db.Database.BeginTransactionAsync();
            Assert.NotNull(await TicketChanges.LockAsync(db, ticket.Id, CancellationToken.None));
            var inTime = new FakeTimeProvider(_desk.Clock.GetUtcNow());
            reply = _desk.StaffAsync(acme, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "It is back." }, CancellationToken.None), inTime);
            _desk.Clock.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(0, await _desk.SweepAsync(acme));
        }
        await reply;
        await _desk.SweepAsync(acme);
        Assert.Equal((1, 0), await ClockDesk.ToldAsync(acme));
    }

    [Fact]
    public async Task ANewPriority_MakesNewsOfSilentHistory_WhichTheOldOneDidNot()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        // An hour of eight.
        var ticket = await HistoryAsync(acme, TicketPriority.Low, TimeSpan.FromHours(1));
        await SetPriorityAsync(acme, ticket, TicketPriority.Critical);
        Assert.Equal((1, 1), await ClockDesk.ToldAsync(acme));
    }

    [Fact]
    public async Task ANewPriority_OfHistoryThatWasLateAlready_IsNobodysNews()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        var ticket = await HistoryAsync(acme, TicketPriority.Critical, TimeSpan.FromDays(3));
        await SetPriorityAsync(acme, ticket, TicketPriority.High);
        Assert.Equal((0, 0), await ClockDesk.ToldAsync(acme));
    }

    [Fact]
    public async Task ANewPriority_OfSilentHistoryInTime_LeavesItsBreachToBeTold()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Government);
        // Answered within the half hour that the response has, and resolved within the resolution's two hours; it would have been late at the present.
        var ticket = await HistoryAsync(acme, TicketPriority.Critical, TimeSpan.FromHours(3), TimeSpan.FromMinutes(10));
        await _desk.StaffAsync(acme, tickets => tickets.EditAsync(ticket, new EditTicket { Status = TicketStatus.Open, Priority = TicketPriority.High }, null, CancellationToken.None), TimeProvider.System);
        Assert.Equal((0, 0), await ClockDesk.ToldAsync(acme));
        var late = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(5));
        await _desk.SweepAsync(acme, late);
        Assert.Equal((1, 1), await ClockDesk.ToldAsync(acme));
    }

    [Fact]
    public async Task TheBoard_ReadsInTheOrderOfAnIndex()
    {
        await using var staff = NpgsqlDataSource.Create(fixture.Database.Connections.Staff);
        await using var connection = await staff.OpenConnectionAsync();
        await using (var off = new NpgsqlCommand("set enable_seqscan = off; set enable_sort = off", connection))
            await off.ExecuteNonQueryAsync();
        await using var explain = new NpgsqlCommand("explain select * from sla_clocks where ended_at is null and due_at is not null order by due_at, ticket_id limit 200", connection);
        await using var reader = await explain.ExecuteReaderAsync();
        List<string> plan = [];
        while (await reader.ReadAsync())
            plan.Add(reader.GetString(0));
        Assert.Contains(plan, line => line.Contains("Index Scan using ix_sla_clocks_due_at_ticket_id", StringComparison.Ordinal));
    }

    /// <summary>A ticket of the past, written in silence.</summary>
    private async Task<Guid> HistoryAsync(GivenTenant tenant, TicketPriority priority, TimeSpan age, TimeSpan? resolvedAfter = null)
    {
        _desk.Clock.Advance(TimeProvider.System.GetUtcNow() - age - _desk.Clock.GetUtcNow());
        var ticket = await _desk.OpenSilentlyAsync(tenant, priority);
        if (resolvedAfter is not { } after)
            return ticket.Id;
        _desk.Clock.Advance(after);
        await _desk.SilentlyAsync(tenant, tickets => tickets.CloseAsync(ticket.Id, CancellationToken.None));
        return ticket.Id;
    }

    private Task SetPriorityAsync(GivenTenant tenant, Guid ticket, TicketPriority priority) =>
        _desk.StaffAsync(tenant, tickets => tickets.EditAsync(ticket, new EditTicket { Priority = priority }, null, CancellationToken.None), TimeProvider.System);

    /// <summary>More clocks like the ticket's first response, as if so many customers' messages had come at once.</summary>
    private async Task AddClocksAsync(Guid ticketId, int count)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.Database.Connections.Owner!);
        await using var command = owner.CreateCommand("""
            insert into sla_clocks select r.* from sla_clocks c, generate_series(1, $2) n, lateral jsonb_populate_record(c, jsonb_build_object('metric', 'next_response', 'cycle', n)) r
            where c.ticket_id = $1 and c.metric = 'first_response'
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ticketId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        Assert.Equal(count, await command.ExecuteNonQueryAsync());
    }
}
