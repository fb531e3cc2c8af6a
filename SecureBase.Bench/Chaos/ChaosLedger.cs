using Npgsql;

namespace SecureBase.Bench.Chaos;

/// <summary>How a delivery stands in the database.</summary>
internal sealed record Standing(Guid Id, string Status, int Attempts, int Successes, int? SucceededAt, int Interrupted);

/// <summary>The database's side of a storm, read as its owner; it may be down at any moment.</summary>
internal sealed class ChaosLedger(string owner) : IAsyncDisposable
{
    // What is read again of what was read before, for clocks and transactions that end in another order than they began.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(owner);

    /// <summary>Tells the receiver of each success once it stands in the database, until cancelled.</summary>
    public async Task WatchAsync(ChaosReceiver receiver, CancellationToken ct)
    {
        var since = DateTimeOffset.MinValue;
        while (!ct.IsCancellationRequested)
        {
            var now = TimeProvider.System.GetUtcNow();
            if (await TryAsync(source => ReadAsync(source, "select id from deliveries where channel = 'webhook' and status = 'succeeded' and finished_at > $1", since, ct)) is { } recorded)
            {
                receiver.Recorded(recorded);
                since = now - Overlap;
            }
            await Task.Delay(Interval, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>How many deliveries have not ended and how many events have become none yet; null while the database is down.</summary>
    public Task<List<long>?> PendingAsync(CancellationToken ct) => TryAsync(async source =>
    {
        await using var command = source.CreateCommand(
            "select count(*) from deliveries where channel = 'webhook' and status = 'pending' union all select count(*) from outbox_events where type = 'usage.threshold_exceeded' and dispatched_at is null");
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<long> counts = [];
        while (await reader.ReadAsync(ct))
            counts.Add(reader.GetInt64(0));
        return counts;
    });

    public async Task<(long Events, IReadOnlyList<Standing> Deliveries)> CloseAsync(CancellationToken ct)
    {
        await using var count = _source.CreateCommand("select count(*) from outbox_events where type = 'usage.threshold_exceeded'");
        var events = (long)(await count.ExecuteScalarAsync(ct))!;
        await using var command = _source.CreateCommand("""
            select d.id, d.status, d.attempt_count, count(*) filter (where a.outcome = 'succeeded')::int, max(a.number) filter (where a.outcome = 'succeeded'), count(*) filter (where a.outcome = 'interrupted')::int
            from deliveries d left join delivery_attempts a on a.tenant_id = d.tenant_id and a.delivery_id = d.id
            where d.channel = 'webhook' group by d.tenant_id, d.id
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Standing> deliveries = [];
        while (await reader.ReadAsync(ct))
            deliveries.Add(new Standing(reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), await reader.IsDBNullAsync(4, ct) ? null : reader.GetInt32(4), reader.GetInt32(5)));
        return (events, deliveries);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static async Task<List<Guid>> ReadAsync(NpgsqlDataSource source, string sql, DateTimeOffset since, CancellationToken ct)
    {
#pragma warning disable CA2100 // Written above.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Guid> ids = [];
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    private async Task<T?> TryAsync<T>(Func<NpgsqlDataSource, Task<T>> read) where T : class
    {
        try
        {
            return await read(_source);
        }
        catch (Exception down) when (down is NpgsqlException or OperationCanceledException or IOException)
        {
            // It was killed, or this storm is over.
            return null;
        }
    }
}
