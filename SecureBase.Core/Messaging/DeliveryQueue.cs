using Npgsql;
using NpgsqlTypes;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

/// <summary>One attempt as it is to be recorded.</summary>
/// <param name="NextAttemptAt">When to try again; null ends the delivery.</param>
internal sealed record DeliveryRecord(DeliveryWork Work, DateTimeOffset At, AttemptOutcome Outcome, TimeSpan Took, string? Error, DateTimeOffset? NextAttemptAt)
{
    public HttpExchange? Exchange { get; init; }
    public LaneHold? Hold { get; init; }

    public DateTimeOffset EndedAt => At + Took;

    /// <summary>It is over, and another delivery may have waited for that.</summary>
    public bool LetsNextGo => Work.OrderKey is not null && Status != DeliveryStatus.Pending;

    public DeliveryStatus Status => Outcome == AttemptOutcome.Succeeded ? DeliveryStatus.Succeeded : NextAttemptAt is null ? DeliveryStatus.Failed : DeliveryStatus.Pending;
}

/// <summary>The deliveries table as a queue: every statement runs under one tenant's row-level security and handles many rows.</summary>
internal sealed class DeliveryQueue(NpgsqlDataSource source)
{
    /// <summary>Lanes of all tenants, of these channels, that have something due at the instant.</summary>
    public async Task<IReadOnlyList<DeliveryLane>> DueLanesAsync(IReadOnlyCollection<string> channels, DateTimeOffset at, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select tenant_id, channel, lane from due_delivery_lanes($1, $2)");
        command.Parameters.Add(Of(at));
        command.Parameters.Add(Of(channels.ToArray()));
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<DeliveryLane> lanes = [];
        while (await reader.ReadAsync(ct))
            lanes.Add(new DeliveryLane(reader.GetGuid(0), reader.GetString(1), reader.GetString(2)));
        return lanes;
    }

    /// <summary>Takes due deliveries, in the order they became due, for this caller alone until the lease ends.</summary>
    public async Task<IReadOnlyList<DeliveryWork>> LeaseAsync(DeliveryTurn turn, DateTimeOffset now, DateTimeOffset until, CancellationToken ct)
    {
        var token = Guid.CreateVersion7(now);
        await using var connection = await source.OpenConnectionAsync(ct);
        // Durable: a lease that a crash of the server undid would be taken by another node while this one's request is still on its way.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { TenantSession.Enter(turn.TenantId), Lease(turn, now, token, until) } };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        List<DeliveryWork> leased = [];
        while (await reader.ReadAsync(ct))
        {
            leased.Add(new DeliveryWork
            {
                Id = reader.GetGuid(0),
                TenantId = turn.TenantId,
                Channel = reader.GetString(1),
                Target = reader.GetString(2),
                Lane = reader.GetString(3),
                Attempt = reader.GetInt32(4),
                EventId = reader.GetGuid(5),
                EventType = reader.GetString(6),
                SubjectKind = reader.GetString(7),
                SubjectId = reader.GetGuid(8),
                OccurredAt = await reader.GetFieldValueAsync<DateTimeOffset>(9, ct),
                Data = await reader.IsDBNullAsync(10, ct) ? null : reader.GetString(10),
                EarlierAttempts = reader.GetInt32(11),
                OrderKey = await reader.IsDBNullAsync(12, ct) ? null : reader.GetGuid(12),
                Body = await reader.IsDBNullAsync(13, ct) ? null : await reader.GetFieldValueAsync<byte[]>(13, ct),
                IsProbe = reader.GetBoolean(14),
                IsRationed = reader.GetBoolean(15),
                LeaseToken = token,
            });
        }
        // The rows come before the commit: nothing is sent unless that has been confirmed.
        await reader.NextResultAsync(ct);
        return leased;
    }

    /// <summary>Keeps leases that are still held until the later instant.</summary>
    /// <returns>Those kept, with their token; the others were taken over meanwhile.</returns>
    public async Task<IReadOnlySet<(Guid Id, Guid LeaseToken)>> RenewAsync(Guid tenantId, IReadOnlyCollection<DeliveryWork> held, DateTimeOffset until, CancellationToken ct)
    {
        await using var connection = await source.OpenForAsync(tenantId, ct);
        await using var command = new NpgsqlCommand(DeliverySql.Renew, connection)
        {
            Parameters = { Of(tenantId), Of(until), Of(held.Select(w => w.Id).ToArray()), Of(held.Select(w => w.LeaseToken).Distinct().ToArray()) },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        HashSet<(Guid, Guid)> renewed = [];
        while (await reader.ReadAsync(ct))
            renewed.Add((reader.GetGuid(0), reader.GetGuid(1)));
        return renewed;
    }

    /// <summary>Records attempts of one tenant whose lease is still held.</summary>
    /// <returns>The deliveries recorded; the others were taken over meanwhile and their outcome is not for this caller to record.</returns>
    public async Task<IReadOnlySet<Guid>> RecordAsync(Guid tenantId, IReadOnlyList<DeliveryRecord> records, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        // The commands of a batch are one transaction.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { TenantSession.Enter(tenantId) } };
        var ended = records.Where(r => r.LetsNextGo).ToList();
        if (ended.Count > 0)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(DeliverySql.LockOrder) { Parameters = { Of(tenantId), Of(ended.Select(r => r.Work.Lane).ToArray()) } });
        batch.BatchCommands.Add(Attempts(tenantId, records));
        if (records.Where(r => r.Exchange is not null).ToList() is { Count: > 0 } exchanged)
            batch.BatchCommands.Add(Exchanges(tenantId, exchanged));
        if (ended.Count > 0)
            batch.BatchCommands.Add(LetNextGo(tenantId, ended));
        if (records.Any(r => r.Work.Lane.Length > 0))
            batch.BatchCommands.Add(Fare(tenantId, records));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        if (ended.Count > 0)
            await reader.NextResultAsync(ct);
        HashSet<Guid> recorded = [];
        while (await reader.ReadAsync(ct))
            recorded.Add(reader.GetGuid(0));
        // An error of a later command is thrown where its result is reached.
        while (await reader.NextResultAsync(ct))
        {
        }
        return recorded;
    }

    private static NpgsqlBatchCommand Lease(DeliveryTurn turn, DateTimeOffset now, Guid token, DateTimeOffset until) => new(DeliverySql.Lease)
    {
        Parameters =
        {
            Of(turn.TenantId), Of(turn.Takes.Keys.Select(l => l.Channel).ToArray()), Of(turn.Takes.Keys.Select(l => l.Name).ToArray()), Of(turn.Takes.Values.ToArray()),
            Of(now), Of(token), Of(until),
        },
    };

    private static NpgsqlBatchCommand Attempts(Guid tenantId, IReadOnlyList<DeliveryRecord> records) => new(DeliverySql.Record)
    {
        Parameters =
        {
            Of(tenantId), Of(records.Select(r => r.Work.Id).ToArray()), Of(records.Select(r => r.Work.LeaseToken).ToArray()), Of(records.Select(r => r.Work.Attempt).ToArray()),
            Of(records.Select(r => r.At).ToArray()), Of(records.Select(r => WireName.Of(r.Outcome)).ToArray()), Of(records.Select(r => (int)r.Took.TotalMilliseconds).ToArray()),
            Of(records.Select(r => r.Error).ToArray()), Of(records.Select(r => WireName.Of(r.Status)).ToArray()), Of(records.Select(r => r.NextAttemptAt).ToArray()),
            Of(records.Select(r => r.Exchange?.StatusCode).ToArray()),
        },
    };

    private static NpgsqlBatchCommand Exchanges(Guid tenantId, IReadOnlyList<DeliveryRecord> records) => new(DeliverySql.Exchanges)
    {
        Parameters =
        {
            Of(tenantId), Of(records.Select(r => r.Work.Id).ToArray()), Of(records.Select(r => r.Work.Attempt).ToArray()), Of(records.Select(r => r.Exchange!.Url).ToArray()),
            Json(records.Select(r => DeliveryExchange.WriteHeaders(r.Exchange!.RequestHeaders))), Json(records.Select(r => DeliveryExchange.WriteHeaders(r.Exchange!.ResponseHeaders))),
            Of(records.Select(r => r.Exchange!.ResponseBody).ToArray()), Of(records.Select(r => r.Exchange!.ResponseTruncated).ToArray()),
        },
    };

    private static NpgsqlBatchCommand LetNextGo(Guid tenantId, IReadOnlyList<DeliveryRecord> records) => new(DeliverySql.LetNextGo)
    {
        Parameters =
        {
            Of(tenantId), Of(records.Select(r => r.Work.Channel).ToArray()), Of(records.Select(r => r.Work.Lane).ToArray()), Of(records.Select(r => r.Work.OrderKey!.Value).ToArray()),
            Of(records.Max(r => r.EndedAt)),
        },
    };

    private static NpgsqlBatchCommand Fare(Guid tenantId, IReadOnlyList<DeliveryRecord> records) => new(DeliverySql.Fare)
    {
        Parameters =
        {
            Of(tenantId), Of(records.Select(r => r.Work.Channel).ToArray()), Of(records.Select(r => r.Work.Lane).ToArray()), Of(records.Select(r => r.EndedAt).ToArray()),
            Of(records.Select(r => WireName.Of(r.Outcome)).ToArray()), Of(records.Select(r => r is { Outcome: AttemptOutcome.Failed, NextAttemptAt: null }).ToArray()),
            Of(records.Select(r => r.Error).ToArray()), Of(records.Select(r => r.Hold is { } hold ? r.EndedAt + hold.For : (DateTimeOffset?)null).ToArray()),
            Of(records.Select(r => r.Hold?.HalfOpen ?? false).ToArray()), Of(records.Select(r => r.Work.IsProbe).ToArray()),
            Of(records.Select(r => r.Work.Id).ToArray()), Of(records.Select(r => r.Work.Attempt).ToArray()),
        },
    };

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter<string[]> Json(IEnumerable<string> values) => new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb };
}
