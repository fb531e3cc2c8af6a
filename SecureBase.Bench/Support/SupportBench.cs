using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Bench.Support;

/// <summary>
/// The lists that people look at all day, over a million tickets in a thousand tenants: each through the product's service, with its
/// checks, row-level security and totals, against the same rows read by hand-written SQL in turn.
/// </summary>
internal static class SupportBench
{
    private const int Tenants = 1_000;
    private const int Tickets = 1_000_000;
    private const int WarmUps = 20;
    private const int Rounds = 200;
    private const int PageSize = 25;
    private const double Aim = 2.0;

    public static async Task RunAsync(CancellationToken ct)
    {
        await using var database = await BenchDatabase.CreateAsync(ct);
        var provider = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().EnsureOperatorAsync("The provider", "Etc/UTC", ct));
        var tenant = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().CreateAsync(new NewTenant("bench", "Bench", Plan.Government, "Etc/UTC"), ct));
        var person = await database.RunAsync(tenant, s => s.GetRequiredService<PeopleService>().AddAsync(new NewPerson("ada@bench.test", "Ada Customer", Roles.Admin, "Copper-Lantern-27!"), ct));
        var staff = await database.RunAsync(provider, s => s.GetRequiredService<PeopleService>().AddAsync(new NewPerson("tom@provider.test", "Tom Agent", Roles.Agent, "Copper-Lantern-27!"), ct));
        var customer = new Actor(tenant.Id, person.Id, person.Name, ActorKind.Customer, Roles.Admin);
        var agent = new Actor(provider.Id, staff.Id, staff.Name, ActorKind.Agent, Roles.Agent);
        var ticket = await database.RunAsync(tenant, s => s.GetRequiredService<TicketService>().OpenAsync(new OpenTicket { Subject = "Peering drops" }, ct), customer);
        var watch = Stopwatch.StartNew();
        await ManyTickets.FillAsync(database.Connections.Owner!, ticket.Id, Tenants, Tickets, ct);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"support: {Tickets:N0} tickets in {Tenants:N0} tenants stand after {watch.Elapsed.TotalSeconds:F0} s; {Rounds} rounds each, the service and the SQL in turn"));

        await using var asStaff = NpgsqlDataSource.Create(database.Connections.Staff);
        await using var asApp = NpgsqlDataSource.Create(database.Connections.App);
        TicketStatus[] open = [TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer];
        await QueueAsync("queue, first page", new QueueQuery { Tickets = Page(new TicketQuery { Statuses = open, Sort = TicketSort.Waiting }) },
            $"where t.status in ('open', 'in-progress', 'waiting-customer') order by t.waiting_since is null, t.waiting_since limit {PageSize}");
        await QueueAsync("queue, time to breach", new QueueQuery { Tickets = Page(new TicketQuery { Statuses = open, Sort = TicketSort.Due }) },
            $"where t.status in ('open', 'in-progress', 'waiting-customer') order by t.next_due_at is null, t.next_due_at limit {PageSize}");
        await QueueAsync("queue, filtered", new QueueQuery { Tickets = Page(new TicketQuery { Statuses = open, Priorities = [TicketPriority.Critical], Categories = [TicketCategory.Security], Sort = TicketSort.Waiting }) },
            $"where t.status in ('open', 'in-progress', 'waiting-customer') and t.priority = 'critical' and t.category = 'security' order by t.waiting_since is null, t.waiting_since limit {PageSize}");
        await QueueAsync("queue, search", new QueueQuery { Tickets = Page(new TicketQuery { Text = ManyTickets.RareWord, Sort = TicketSort.Updated }) },
            $"where ticket_words(t.number, t.subject, t.description, t.tags) @@ to_tsquery('simple', '{ManyTickets.RareWord}:*') order by t.updated_at desc limit {PageSize}");
        await ListAsync("tenant's list", new TicketQuery { Limit = PageSize, Sort = TicketSort.Updated, PageNumber = 1 }, $"order by updated_at desc limit {PageSize}");
        await ListAsync("tenant's search", new TicketQuery { Text = "peering", Limit = PageSize, Sort = TicketSort.Updated, PageNumber = 1 },
            $"where subject ilike '%peering%' or description ilike '%peering%' or number ilike '%peering%' order by updated_at desc limit {PageSize}");

        static TicketQuery Page(TicketQuery query) => query with { Limit = PageSize, PageNumber = 1 };

        Task QueueAsync(string what, QueueQuery query, string sql) => CompareAsync(what,
            async () => (await database.RunAsync(provider, s => s.GetRequiredService<StaffQueue>().ListAsync(query, ct), agent)).Items.Count,
            () => ReadAsync(asStaff, null, "select t.*, n.slug, n.name, n.plan from tickets t join tenants n on n.id = t.tenant_id " + sql, ct));

        Task ListAsync(string what, TicketQuery query, string sql) => CompareAsync(what,
            async () => (await database.RunAsync(tenant, s => s.GetRequiredService<TicketService>().ListAsync(query, ct), customer)).Items.Count,
            () => ReadAsync(asApp, tenant.Id, "select * from tickets " + sql, ct));
    }

    private static async Task CompareAsync(string what, Func<Task<int>> service, Func<Task<int>> sql)
    {
        var (byService, bySql) = (new List<double>(), new List<double>());
        for (var i = -WarmUps; i < Rounds; i++)
        {
            var (served, rows) = (await TimeAsync(service), await TimeAsync(sql));
            if (served.Rows != rows.Rows || rows.Rows == 0)
                throw new InvalidOperationException($"{what}: the service answers {served.Rows} rows and the SQL {rows.Rows}.");
            if (i < 0)
                continue;
            byService.Add(served.Milliseconds);
            bySql.Add(rows.Milliseconds);
        }
        var (a, b) = (Figures.Quantile(byService, 0.95), Figures.Quantile(bySql, 0.95));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"support {what}: p95 {a:F2} ms against {b:F2} ms, ratio {a / b:F2} (aim ≤ {Aim:F1}); medians {Figures.Median(byService):F2} and {Figures.Median(bySql):F2} ms"));
    }

    private static async Task<(int Rows, double Milliseconds)> TimeAsync(Func<Task<int>> read)
    {
        var began = Stopwatch.GetTimestamp();
        var rows = await read();
        return (rows, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private static async Task<int> ReadAsync(NpgsqlDataSource source, Guid? tenant, string sql, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        if (tenant is { } id)
        {
            await using var enter = new NpgsqlCommand("select set_config('app.tenant_id', $1, false)", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = id.ToString() } } };
            await enter.ExecuteNonQueryAsync(ct);
        }
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var values = new object[reader.FieldCount];
        var rows = 0;
        for (; await reader.ReadAsync(ct); rows++)
            reader.GetValues(values);
        return rows;
    }
}
