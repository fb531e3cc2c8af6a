using Npgsql;
using SecureBase.Bench.Support;

namespace SecureBase.Bench.Sla;

/// <summary>Very many open tickets, each with the clocks of the one they are copied from, and the power to make those run out. As the schema's owner.</summary>
internal sealed class OpenTickets : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>How long from now the first clocks run out.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _source;

    private OpenTickets(NpgsqlDataSource source) => _source = source;

    /// <param name="template">A ticket of the product's own, of which nothing is due for hours.</param>
    internal static async Task<OpenTickets> FillAsync(string owner, Guid template, int tenants, int tickets, CancellationToken ct)
    {
        await ManyTickets.FillAsync(owner, template, tenants, tickets, ct);
        var open = new OpenTickets(new NpgsqlDataSourceBuilder(owner) { ConnectionStringBuilder = { CommandTimeout = 1_200 } }.Build());
        await open.ExecuteAsync("update tickets set status = 'open', resolved_at = null, closed_at = null", ct);
        await open.ExecuteAsync("""
            insert into sla_terms select r.* from sla_terms o, tenants t, lateral jsonb_populate_record(o, jsonb_build_object('tenant_id', t.id)) r
            where o.tenant_id = (select tenant_id from tickets where id = $1) and t.id <> o.tenant_id and exists (select from tickets i where i.tenant_id = t.id)
            """, ct, template);
        await open.ExecuteAsync("""
            insert into sla_clocks select r.* from sla_clocks o, tickets i, lateral jsonb_populate_record(o, jsonb_build_object('tenant_id', i.tenant_id, 'ticket_id', i.id)) r
            where o.ticket_id = $1 and i.id <> $1
            """, ct, template);
        await open.ExecuteAsync("vacuum analyze", ct);
        return open;
    }

    /// <summary>Lets first responses run out, spread evenly over a time from a second on. Their warnings are taken as told.</summary>
    /// <param name="besides">A tenant that is left alone.</param>
    internal async Task RunOutAsync(int count, TimeSpan over, Guid? besides, CancellationToken ct)
    {
        var chosen = await ExecuteAsync("""
            with chosen as materialized (
              select tenant_id, ticket_id from sla_clocks where metric = 'first_response' and warned_at is null and tenant_id <> $3 order by random() limit $1),
            spread as materialized (select *, now() + $2 + $4 * random() as due_at from chosen)
            update sla_clocks c set due_at = n.due_at, warn_at = n.due_at, next_alert_at = n.due_at, warned_at = now()
            from spread n where (c.tenant_id, c.ticket_id, c.metric) = (n.tenant_id, n.ticket_id, 'first_response')
            """, ct, count, Ahead, besides ?? Guid.Empty, over);
        if (chosen != count)
            throw new InvalidOperationException($"Only {chosen} clocks of {count} were left to run out.");
    }

    /// <summary>Gives each ticket of a tenant so many next responses that all run out at one instant.</summary>
    /// <returns>How many that are.</returns>
    internal Task<int> AddBacklogAsync(Guid tenantId, int cycles, CancellationToken ct) => ExecuteAsync("""
        insert into sla_clocks select r.* from sla_clocks o, generate_series(1, $2) n, lateral jsonb_populate_record(o, jsonb_build_object(
          'metric', 'next_response', 'cycle', n, 'due_at', now() + $3, 'warn_at', now(), 'warned_at', now(), 'next_alert_at', now() + $3, 'breach_told_at', null)) r
        where o.tenant_id = $1 and o.metric = 'first_response'
        """, ct, tenantId, cycles, Ahead);

    /// <summary>Watches until everything that was just told to run out within a time is told and its events are on their way.</summary>
    internal async Task WatchAsync(TimeSpan over, CancellationToken ct)
    {
        var last = TimeProvider.System.GetUtcNow() + over + Ahead;
        // Each glance costs the node something, so it must find its answer at the beginning of an index.
        while (await FirstAsync<bool>("select exists (select from sla_clocks where ended_at is null and next_alert_at <= $1)", ct, last))
            await Task.Delay(Glance, ct);
        while (await FirstAsync<bool>("select exists (select from outbox_events where dispatched_at is null)", ct))
            await Task.Delay(Glance, ct);
    }

    /// <summary>How late the events of the first responses' breaches that were due since an instant were on their way.</summary>
    internal async Task<Lateness> ToldAsync(DateTimeOffset since, CancellationToken ct)
    {
        await using var command = Command("""
            select count(*), coalesce(percentile_disc(0.5) within group (order by late), 0), coalesce(percentile_disc(0.99) within group (order by late), 0), coalesce(max(late), 0) from (
              select extract(epoch from e.dispatched_at - c.due_at)::float8 as late from sla_clocks c
              join outbox_events e on (e.tenant_id, e.subject_id, e.type, e.occurred_at) = (c.tenant_id, c.ticket_id, 'ticket.sla_breached', c.breach_told_at)
              where c.metric = 'first_response' and c.due_at > $1) told
            """, since);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new Lateness((int)reader.GetInt64(0), reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3));
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<T?> FirstAsync<T>(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync(ct) is T first ? first : default;
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(ct);
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = _source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}

/// <summary>How many breaches were told, each as often as it was, and how many seconds after it was due that was.</summary>
internal readonly record struct Lateness(int Told, double Median, double P99, double Latest);
