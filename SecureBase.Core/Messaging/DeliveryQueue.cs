using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

/// <summary>One attempt as it is to be recorded.</summary>
/// <param name="NextAttemptAt">When to try again; null ends the delivery.</param>
internal sealed record DeliveryRecord(DeliveryWork Work, DateTimeOffset At, AttemptOutcome Outcome, TimeSpan Took, string? Error, DateTimeOffset? NextAttemptAt)
{
    public DeliveryStatus Status => Outcome == AttemptOutcome.Succeeded ? DeliveryStatus.Succeeded : NextAttemptAt is null ? DeliveryStatus.Failed : DeliveryStatus.Pending;
}

/// <summary>The deliveries table as a queue: every statement runs under one tenant's row-level security and handles many rows.</summary>
internal sealed class DeliveryQueue(NpgsqlDataSource source)
{
    private const string InterruptedError = "The sending process ended before it recorded an outcome.";

    // A row whose lease ran out still carries its token: its attempt is recorded as interrupted, under the number it had.
    private const string Lease = $"""
        with wanted (channel, lane, take) as (select * from unnest($2::text[], $3::text[], $4::int[])),
        due as (
          select d.* from wanted w cross join lateral (
            select id, lease_token, attempt_count from deliveries
            where tenant_id = $1 and channel = w.channel and lane = w.lane and status = 'pending' and next_attempt_at <= $5
            order by next_attempt_at limit w.take for update skip locked) d),
        interrupted as (
          insert into delivery_attempts (tenant_id, delivery_id, number, at, outcome, latency_ms, error)
          select $1, id, attempt_count, $5, 'interrupted', 0, '{InterruptedError}' from due where lease_token is not null
          on conflict do nothing),
        leased as (
          update deliveries d set lease_token = $6, next_attempt_at = $7, attempt_count = d.attempt_count + 1
          from due where d.tenant_id = $1 and d.id = due.id
          returning d.id, d.channel, d.target, d.lane, d.attempt_count, d.event_id)
        select l.id, l.channel, l.target, l.lane, l.attempt_count, l.event_id, e.type, e.subject_kind, e.subject_id, e.occurred_at, e.data
        from leased l join outbox_events e on e.tenant_id = $1 and e.id = l.event_id
        order by e.position
        """;

    private const string Renew = "update deliveries set next_attempt_at = $2 where tenant_id = $1 and id = any($3) and lease_token = any($4)";

    private const string Record = """
        with made (id, token, number, at, outcome, latency_ms, error, status, next_attempt_at) as (
          select * from unnest($2::uuid[], $3::uuid[], $4::int[], $5::timestamptz[], $6::text[], $7::int[], $8::text[], $9::text[], $10::timestamptz[])),
        recorded as (
          update deliveries d set status = made.status, lease_token = null, next_attempt_at = coalesce(made.next_attempt_at, made.at),
            finished_at = case when made.status <> 'pending' then made.at + made.latency_ms * interval '1 millisecond' end
          from made where d.tenant_id = $1 and d.id = made.id and d.lease_token = made.token and d.status = 'pending'
          returning d.id)
        insert into delivery_attempts (tenant_id, delivery_id, number, at, outcome, latency_ms, error)
        select $1, made.id, made.number, made.at, made.outcome, made.latency_ms, made.error from made join recorded on recorded.id = made.id
        returning delivery_id
        """;

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
        await using var connection = await source.OpenForAsync(turn.TenantId, ct);
        await using var command = new NpgsqlCommand(Lease, connection)
        {
            Parameters =
            {
                Of(turn.TenantId), Of(turn.Takes.Keys.Select(l => l.Channel).ToArray()), Of(turn.Takes.Keys.Select(l => l.Name).ToArray()), Of(turn.Takes.Values.ToArray()),
                Of(now), Of(token), Of(until),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
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
                LeaseToken = token,
            });
        }
        return leased;
    }

    /// <summary>Keeps leases that are still held until the later instant.</summary>
    public async Task RenewAsync(Guid tenantId, IReadOnlyCollection<DeliveryWork> held, DateTimeOffset until, CancellationToken ct)
    {
        await using var connection = await source.OpenForAsync(tenantId, ct);
        await using var command = new NpgsqlCommand(Renew, connection)
        {
            Parameters = { Of(tenantId), Of(until), Of(held.Select(w => w.Id).ToArray()), Of(held.Select(w => w.LeaseToken).Distinct().ToArray()) },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Records attempts of one tenant whose lease is still held.</summary>
    /// <returns>The deliveries recorded; the others were taken over meanwhile and their outcome is not for this caller to record.</returns>
    public async Task<IReadOnlySet<Guid>> RecordAsync(Guid tenantId, IReadOnlyList<DeliveryRecord> records, CancellationToken ct)
    {
        await using var connection = await source.OpenForAsync(tenantId, ct);
        await using var command = new NpgsqlCommand(Record, connection)
        {
            Parameters =
            {
                Of(tenantId), Of(records.Select(r => r.Work.Id).ToArray()), Of(records.Select(r => r.Work.LeaseToken).ToArray()), Of(records.Select(r => r.Work.Attempt).ToArray()),
                Of(records.Select(r => r.At).ToArray()), Of(records.Select(r => WireName.Of(r.Outcome)).ToArray()), Of(records.Select(r => (int)r.Took.TotalMilliseconds).ToArray()),
                Of(records.Select(r => r.Error).ToArray()), Of(records.Select(r => WireName.Of(r.Status)).ToArray()), Of(records.Select(r => r.NextAttemptAt).ToArray()),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        HashSet<Guid> recorded = [];
        while (await reader.ReadAsync(ct))
            recorded.Add(reader.GetGuid(0));
        return recorded;
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
