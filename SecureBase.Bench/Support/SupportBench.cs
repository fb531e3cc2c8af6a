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
        const string unfinished = "t.status not in ('resolved', 'closed')";
        const string byWaiting = "order by t.waiting_since, t.updated_at desc, t.id desc";
        const string byDue = "order by t.next_due_at, t.updated_at desc, t.id desc";
        const string byUpdate = "order by t.updated_at desc, t.id desc";
        await QueueAsync("queue, first page", new TicketQuery { Statuses = open, Sort = TicketSort.Waiting }, unfinished, byWaiting);
        await QueueAsync("queue, time to breach", new TicketQuery { Statuses = open, Sort = TicketSort.Due }, unfinished, byDue);
        await QueueAsync("queue, filtered", new TicketQuery { Statuses = open, Priorities = [TicketPriority.Critical], Categories = [TicketCategory.Security], Sort = TicketSort.Waiting },
            unfinished + " and t.priority = 'critical' and t.category = 'security'", byWaiting);
        await QueueAsync("queue, search", new TicketQuery { Text = ManyTickets.RareWord, Sort = TicketSort.Updated }, $"""
            t.id in (select id from tickets where ticket_words(number, subject, description, tags) @@ to_tsquery('simple', '{ManyTickets.RareWord}:*')
              union select ticket_id from ticket_comments where words_of(body) @@ to_tsquery('simple', '{ManyTickets.RareWord}:*'))
            """, byUpdate);
        var today = TimeProvider.System.GetUtcNow().AddHours(-12);
        await CompareAsync("queue, numbers of its views",
            async () => (await database.RunAsync(provider, s => s.GetRequiredService<StaffQueue>().CountAsync(today, ct), agent)).ToString(),
            () => CountAsync(asStaff, agent.PersonId, today, ct));
        await ListAsync("tenant's list", new TicketQuery { Sort = TicketSort.Updated }, "true");
        await ListAsync("tenant's search", new TicketQuery { Text = "peering", Sort = TicketSort.Updated }, """
            (t.number ilike '%peering%' or t.subject ilike '%peering%' or t.description ilike '%peering%' or 'peering' = any (t.tags)
              or exists (select from ticket_comments c where c.tenant_id = t.tenant_id and c.ticket_id = t.id and c.body ilike '%peering%'))
            """);

        // The statements of somebody who knows the indexes: a page, and how many there are, counted no further than the queue says.
        Task QueueAsync(string what, TicketQuery query, string which, string order) => CompareAsync(what,
            async () => Shown(await database.RunAsync(provider, s => s.GetRequiredService<StaffQueue>().ListAsync(new QueueQuery { Tickets = Page(query) }, ct), agent), i => i.Ticket.Id),
            () => ReadAsync(asStaff, null, $"""
                select t.*, n.slug, n.name, n.plan from tickets t join tenants n on n.id = t.tenant_id where {which} {order} limit {PageSize};
                select count(*) from (select from tickets t where {which} limit {StaffQueue.MostTotalled + 1}) counted
                """, ct));

        Task ListAsync(string what, TicketQuery query, string which) => CompareAsync(what,
            async () => Shown(await database.RunAsync(tenant, s => s.GetRequiredService<TicketService>().ListAsync(Page(query), ct), customer), t => t.Id),
            () => ReadAsync(asApp, tenant.Id, $"select * from tickets t where {which} {byUpdate} limit {PageSize}; select count(*) from tickets t where {which}", ct));

        static TicketQuery Page(TicketQuery query) => query with { Limit = PageSize, PageNumber = 1 };

        static string Shown<T>(Page<T> page, Func<T, Guid> id) => Told([.. page.Items.Select(id)], page.Total!.Value + (page.TotalIsMinimum ? 1 : 0));
    }

    /// <param name="service">Answers what it read as text, to be compared with what the SQL read.</param>
    private static async Task CompareAsync(string what, Func<Task<string>> service, Func<Task<string>> sql)
    {
        var (byService, bySql) = (new List<double>(), new List<double>());
        for (var i = -WarmUps; i < Rounds; i++)
        {
            var (served, read) = (await TimeAsync(service), await TimeAsync(sql));
            if (served.Seen != read.Seen)
                throw new InvalidOperationException($"{what}: the service answers {served.Seen} and the SQL {read.Seen}.");
            if (i < 0)
                continue;
            byService.Add(served.Milliseconds);
            bySql.Add(read.Milliseconds);
        }
        var (a, b) = (Figures.Quantile(byService, 0.95), Figures.Quantile(bySql, 0.95));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"support {what}: p95 {a:F2} ms against {b:F2} ms, ratio {a / b:F2} (aim ≤ {Aim:F1}); medians {Figures.Median(byService):F2} and {Figures.Median(bySql):F2} ms"));
    }

    private static async Task<(string Seen, double Milliseconds)> TimeAsync(Func<Task<string>> read)
    {
        var began = Stopwatch.GetTimestamp();
        var seen = await read();
        return (seen, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private static async Task<string> ReadAsync(NpgsqlDataSource source, Guid? tenant, string sql, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        if (tenant is { } id)
        {
            await using var enter = new NpgsqlCommand("select set_config('app.tenant_id', $1, false)", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = id.ToString() } } };
            await enter.ExecuteNonQueryAsync(ct);
        }
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (values, key) = (new object[reader.FieldCount], reader.GetOrdinal("id"));
        List<Guid> ids = [];
        while (await reader.ReadAsync(ct))
        {
            reader.GetValues(values);
            ids.Add((Guid)values[key]);
        }
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return Told(ids, (int)reader.GetInt64(0));
    }

    private static async Task<string> CountAsync(NpgsqlDataSource source, Guid me, DateTimeOffset today, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            select count(waiting_since), count(*) filter (where assignee_id = $1), count(*) filter (where assignee_id is null), count(*) filter (where priority = 'critical' or category = 'security'),
              count(*) filter (where status = 'waiting-customer'), (select count(*) from tickets where resolved_at >= $2), count(*),
              count(*) filter (where team_id in (select team_id from support_team_members where person_id = $1))
            from tickets where status not in ('resolved', 'closed')
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = me });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = today });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new QueueCounts(Number(0), Number(1), Number(2), Number(3), Number(4), Number(5), Number(6)) { MyTeams = Number(7) }.ToString();

        int Number(int column) => (int)reader.GetInt64(column);
    }

    /// <summary>A page's tickets in order, and how many there are; one more than the limit stands for any number beyond.</summary>
    private static string Told(List<Guid> ids, int total) =>
        ids.Count > 0 ? $"{string.Join(", ", ids)} of {total}" : throw new InvalidOperationException("A page without a ticket shows nothing.");
}
