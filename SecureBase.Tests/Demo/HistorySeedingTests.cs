using System.Globalization;
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
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Demo;

/// <summary>
/// The history in a database, written the hard way: cancelled once, cut off from the database once, then finished by two
/// nodes at a time. What is there afterwards must be the plan, exactly.
/// </summary>
public sealed class HistorySeedingTests(HistorySeedingTests.Seeded seeded) : IClassFixture<HistorySeedingTests.Seeded>
{
    [Fact]
    public void SeedHistoryAsync_InterruptedTwice_ThenRun_WritesEveryTicketOnce()
    {
        Assert.True(seeded.WasCancelled, "the first run was to be cancelled midway");
        Assert.True(seeded.WasCutOff, "the second run was to lose its connections midway");
        foreach (var (organisation, tickets) in seeded.Plan)
        {
            var rows = seeded.Tickets.Where(t => t.TenantId == seeded.TenantOf(organisation)).OrderBy(t => t.CreatedAt).ToList();
            Assert.Equal(tickets.Select(t => (t.Subject, t.OpenedAt)), rows.Select(t => (t.Subject, t.CreatedAt)));
            foreach (var (plan, row) in tickets.Zip(rows))
            {
                var expected = PlanReplay.Of(organisation, plan, seeded.AsOf);
                Assert.Equal(
                    (expected.Status, expected.Priority, expected.Category, expected.AssigneeName, expected.CommentCount, expected.EventCount, expected.UpdatedAt, expected.ResolvedAt, expected.ClosedAt),
                    (row.Status, row.Priority, row.Category, row.AssigneeName, row.CommentCount, row.EventCount, row.UpdatedAt, row.ResolvedAt, row.ClosedAt));
                Assert.Equal((plan.Requester.Name, plan.Description), (row.RequesterName, row.Description));
            }
        }
    }

    [Fact]
    public void Numbers_OfEachTenant_GrowWithTime()
    {
        foreach (var tickets in seeded.Tickets.GroupBy(t => t.TenantId))
        {
            var numbers = tickets.OrderBy(t => t.CreatedAt).Select(t => int.Parse(t.Number[(t.Number.IndexOf('-', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(numbers.Order(), numbers);
            Assert.Equal(numbers.Count, numbers.Distinct().Count());
        }
    }

    [Fact]
    public void CommentsAndNotes_AreThePlansOwn_EachAtItsInstant()
    {
        var acts = seeded.Plan.Values.SelectMany(tickets => tickets).SelectMany(t => t.Acts).ToList();
        Assert.Equal(
            acts.OfType<PlannedAct.Comment>().Select(c => (c.At, c.By!.Name, c.Body)).Order(),
            seeded.Comments.Select(c => (c.CreatedAt, c.AuthorName, c.Body)).Order());
        Assert.Equal(
            acts.OfType<PlannedAct.Note>().Select(n => (n.At, n.By!.Name, n.Body)).Order(),
            seeded.Notes.Select(n => (n.CreatedAt, n.AuthorName, n.Body)).Order());
    }

    [Fact]
    public void Events_OfTheHistory_AreAllThereAndSilent_AndNothingIsDelivered()
    {
        Assert.All(seeded.Events, e => Assert.True(e.Silent, e.Type));
        var acts = seeded.Plan.Values.SelectMany(tickets => tickets).SelectMany(t => t.Acts).ToList();
        Assert.Equal(seeded.Tickets.Count, CountOf(SupportEvents.Created));
        Assert.Equal(acts.OfType<PlannedAct.Comment>().Count(), CountOf(SupportEvents.Commented));
        Assert.Equal(acts.Count(a => a is PlannedAct.Assign or PlannedAct.SetPriority or PlannedAct.SetStatus or PlannedAct.Rate), CountOf(SupportEvents.Updated));
        Assert.Equal(acts.OfType<PlannedAct.Note>().Count(), CountOf(SupportEvents.Noted));
        Assert.True(CountOf(SupportEvents.Reopened) > 5);
        Assert.All(seeded.Events, e => Assert.True(e.OccurredAt <= seeded.AsOf));
        Assert.Equal(0L, seeded.Deliveries);

        int CountOf(string type) => seeded.Events.Count(e => e.Type == type);
    }

    [Fact]
    public void Audit_OfTheHistory_TellsEveryActAndStaffVisit()
    {
        var acts = seeded.Plan.Values.SelectMany(tickets => tickets).SelectMany(t => t.Acts).ToList();
        Assert.Equal(seeded.Tickets.Count, CountOf("ticket.created"));
        Assert.Equal(acts.OfType<PlannedAct.Comment>().Count(), CountOf("ticket.commented"));
        Assert.Equal(acts.OfType<PlannedAct.Note>().Count(), CountOf("ticket.noted"));
        Assert.Equal(acts.OfType<PlannedAct.Rate>().Count(), CountOf("ticket.rated"));
        Assert.All(seeded.Audit, e => Assert.Equal(AuditOutcome.Done, e.Outcome));
        Assert.All(seeded.Audit.Where(e => e.Action == "ticket.noted"), e => Assert.True(e.OperatorOnly));

        // Whoever of the staff did something had come in at most a quarter of an hour before.
        var visits = seeded.Audit.Where(e => e.Action == StaffAccess.Entered).ToLookup(e => (e.TenantId, e.ActorId), e => e.At);
        Assert.All(seeded.Audit.Where(e => e.ActorKind == ActorKind.Agent && e.SubjectKind == SupportEvents.Ticket),
            e => Assert.Contains(visits[(e.TenantId, e.ActorId)], at => at <= e.At && at > e.At - StaffAccess.RecordEvery));
        Assert.All(visits, person => Assert.All(person.Order().Zip(person.Order().Skip(1)), pair => Assert.True(pair.Second - pair.First >= StaffAccess.RecordEvery)));

        int CountOf(string action) => seeded.Audit.Count(e => e.Action == action);
    }

    [Fact]
    public async Task SeedHistoryAsync_WhenComplete_DoesNothing()
    {
        var again = await seeded.Portal.Services.GetRequiredService<DemoSeeder>().SeedHistoryAsync(CancellationToken.None);
        Assert.True(again.Value.WasComplete);
        Assert.Equal(seeded.Tickets.Count, (int)(long)(await Sql.ScalarAsync(seeded.Database.SuperuserConnectionString, "select count(*) from tickets"))!);
    }

    [Fact]
    public async Task SeedTenantsAndPeopleAsync_Again_AddsNobody()
    {
        var again = await seeded.Portal.Services.GetRequiredService<DemoSeeder>().SeedTenantsAndPeopleAsync(CancellationToken.None);
        Assert.Equal(0, again.Value);
    }

    public sealed class Seeded : IAsyncLifetime
    {
        public TestDatabase Database { get; private set; } = null!;
        public PortalFactory Portal { get; private set; } = null!;
        public bool WasCancelled { get; private set; }
        public bool WasCutOff { get; private set; }
        public DateTimeOffset AsOf { get; private set; }
        internal IReadOnlyDictionary<DemoOrganisation, IReadOnlyList<PlannedTicket>> Plan { get; private set; } = null!;
        public IReadOnlyList<Ticket> Tickets { get; private set; } = [];
        public IReadOnlyList<TicketComment> Comments { get; private set; } = [];
        public IReadOnlyList<InternalNote> Notes { get; private set; } = [];
        public IReadOnlyList<OutboxEvent> Events { get; private set; } = [];
        public IReadOnlyList<AuditEntry> Audit { get; private set; } = [];
        public long Deliveries { get; private set; }
        private Dictionary<string, Guid> _tenants = [];

        internal Guid TenantOf(DemoOrganisation organisation) => _tenants[organisation.Slug];

        public async Task InitializeAsync()
        {
            Database = await PostgresFixture.CreateDatabaseAsync();
            Portal = await PortalFactory.StartAsync(Database.Connections, WithoutSweep);
            await using var other = await PortalFactory.StartAsync(Database.Connections, WithoutSweep);
            var seeders = new[] { Portal, other }.Select(p => p.Services.GetRequiredService<DemoSeeder>()).ToArray();

            var people = await Task.WhenAll(seeders.Select(s => s.SeedTenantsAndPeopleAsync(CancellationToken.None)));
            Assert.Equal(DemoOrganisations.All.Sum(o => o.People.Count), people.Sum(p => p.Value));
            Assert.Equal("demo_people_missing", (await BeforePeopleAsync()).Error?.Code);

            using (var cancelled = new CancellationTokenSource())
            {
                var running = seeders[0].SeedHistoryAsync(cancelled.Token);
                await EventsAsync(300);
                await cancelled.CancelAsync();
                WasCancelled = await ThrowsAsync(running);
            }

            var cutOff = seeders[0].SeedHistoryAsync(CancellationToken.None);
            await EventsAsync(900);
            await Sql.ExecuteAsync(Database.SuperuserConnectionString, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            WasCutOff = await ThrowsAsync(cutOff);

            var finished = await Task.WhenAll(seeders.Select(FinishAsync));
            Assert.Single(finished, f => !f.Value.WasComplete);
            Assert.Equal(0, finished.SelectMany(f => f.Value.Tenants).Sum(t => t.Refused));
            await ReadAsync();
        }

        public async Task DisposeAsync()
        {
            await Portal.DisposeAsync();
            await Database.DisposeAsync();
        }

        // What comes due after an organisation's history is written is news, and rightly told.
        private static PortalSettings WithoutSweep => new() { Services = services => services.Remove(services.Single(s => s.ImplementationType == typeof(SlaSweepWorker))) };

        private static async Task<Result<DemoHistory>> BeforePeopleAsync()
        {
            await using var empty = await PostgresFixture.CreateDatabaseAsync();
            await using var portal = await PortalFactory.StartAsync(empty.Connections);
            return await portal.Services.GetRequiredService<DemoSeeder>().SeedHistoryAsync(CancellationToken.None);
        }

        private Task EventsAsync(long count) => Until.TrueAsync($"{count} events are written", async () =>
            (long)(await Sql.ScalarAsync(Database.SuperuserConnectionString, "select count(*) from ticket_events"))! >= count, seconds: 120);

        private static async Task<bool> ThrowsAsync(Task run)
        {
            try
            {
                await run;
                return false;
            }
            catch (Exception failure) when (failure is OperationCanceledException or NpgsqlException or DbUpdateException or InvalidOperationException { InnerException: NpgsqlException } or DirectoryUnavailableException)
            {
                return true;
            }
        }

        // Until the pools have thrown the dead connections away and the nodes hear of changes again, as the worker does it.
        private static async Task<Result<DemoHistory>> FinishAsync(DemoSeeder seeder)
        {
            Result<DemoHistory> finished = default;
            await Until.TrueAsync("the history is complete", async () =>
            {
                var run = seeder.SeedHistoryAsync(CancellationToken.None);
                if (await ThrowsAsync(run))
                    return false;
                finished = await run;
                return true;
            }, seconds: 300);
            return finished;
        }

        private async Task ReadAsync()
        {
            // The superuser sees all tenants past row-level security; the staff context has no tenant filter.
            await using var db = new StaffDb(new DbContextOptionsBuilder<StaffDb>().UseNpgsql(Database.SuperuserConnectionString).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);
            Tickets = await db.Tickets.ToListAsync();
            Comments = await db.TicketComments.ToListAsync();
            Notes = await db.InternalNotes.ToListAsync();
            Events = await db.OutboxEvents.ToListAsync();
            _tenants = await db.Tenants.ToDictionaryAsync(t => t.Slug, t => t.Id);
            var audit = await db.AuditEntries.ToListAsync();
            Audit = [.. audit.Where(e => e.TenantId != Tenant.OperatorId && e.Action is not ("tenant.created" or "person.added"))];
            var begun = Assert.Single(audit, e => e.Action == HistorySeeding.Started);
            Assert.Single(audit, e => e.Action == HistorySeeding.Completed);
            AsOf = JsonDocument.Parse(begun.Details!).RootElement.GetProperty("as_of").GetDateTimeOffset();
            Plan = HistoryPlan.Make(StoryBook.Load(), AsOf, HistorySeeding.Seed);
            Deliveries = (long)(await Sql.ScalarAsync(Database.SuperuserConnectionString, "select count(*) from deliveries"))!;
        }
    }
}
