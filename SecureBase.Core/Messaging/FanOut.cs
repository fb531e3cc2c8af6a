using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Messaging;

internal enum FanOutTurn
{
    /// <summary>Nothing was left.</summary>
    Idle,
    /// <summary>A full batch was dispatched: there may be more.</summary>
    More,
    /// <summary>Another node is at this tenant's events right now.</summary>
    Busy,
}

/// <summary>
/// Turns a tenant's committed events into deliveries and one NOTIFY, in one transaction under the tenant's row-level
/// security. One node works on a tenant at a time, in the order of positions, so each subject's events stay in order. An event that
/// cannot be dispatched is put off alone; deliveries of its subject that go in order wait for it, wherever they go.
/// </summary>
internal sealed class FanOut(TenantDbPool contexts, IEnumerable<IDeliveryRoute> routes, DeliveryTurns deliveries, TimeProvider clock, ILogger<FanOut> log)
{
    public const string LiveChannel = "securebase_live";

    /// <summary>So many signals fit into one NOTIFY.</summary>
    public const int BatchSize = 64;

    private static readonly TimeSpan[] Backoff =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2)];

    private const string Insert = """
        insert into deliveries (id, tenant_id, event_id, channel, target, lane, order_key, sequence, status, attempt_count, earlier_attempts, next_attempt_at, created_at)
        select d.id, $1, d.event_id, d.channel, d.target, d.lane, d.order_key, d.sequence, 'pending', 0, 0, $2, $2
        from unnest($3, $4, $5, $6, $7, $8, $9) as d (id, event_id, channel, target, lane, order_key, sequence)
        on conflict (tenant_id, event_id, channel, target) do nothing
        """;

    private const string InsertInOrder = """
        with asked as (
          select d.*, row_number() over (partition by channel, lane, order_key order by sequence) as turn
          from unnest($3, $4, $5, $6, $7, $8, $9) as d (id, event_id, channel, target, lane, order_key, sequence)),
        put_off as (
          select subject_id, min(position) as position from outbox_events
          where tenant_id = $1 and dispatched_at is null and failed_dispatches > 0 and position < (select max(sequence) from asked)
          group by subject_id),
        ahead as (
          select k.* from (select distinct channel, lane, order_key from asked where order_key is not null) k
          where exists (
            select from deliveries p
            where p.tenant_id = $1 and p.channel = k.channel and p.lane = k.lane and p.order_key = k.order_key and p.status = 'pending'))
        insert into deliveries (id, tenant_id, event_id, channel, target, lane, order_key, sequence, status, attempt_count, earlier_attempts, next_attempt_at, created_at)
        select a.id, $1, a.event_id, a.channel, a.target, a.lane, a.order_key, a.sequence, 'pending', 0, 0,
          case when a.order_key is not null and (a.turn > 1 or exists (
            select from ahead h where h.channel = a.channel and h.lane = a.lane and h.order_key = a.order_key) or exists (
            select from put_off o where o.subject_id = a.order_key and o.position < a.sequence)) then 'infinity' else $2 end, $2
        from asked a
        on conflict (tenant_id, event_id, channel, target) do nothing
        """;

    private readonly IDeliveryRoute[] _routes = [.. routes];

    /// <summary>Dispatches up to <see cref="BatchSize"/> events. An event that cannot be dispatched is put off alone; the others go on.</summary>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task<FanOutTurn> DispatchAsync(Guid tenantId, CancellationToken ct)
    {
        try
        {
            return await DispatchBatchAsync(tenantId, only: null, ct);
        }
        catch (Exception failure) when (IsOfTheEvents(failure))
        {
            MessagingLog.FanOutBatchFailed(log, failure, tenantId);
            return await DispatchOneByOneAsync(tenantId, ct);
        }
    }

    private async Task<FanOutTurn> DispatchOneByOneAsync(Guid tenantId, CancellationToken ct)
    {
        foreach (var eventId in await PendingAsync(tenantId, ct))
        {
            try
            {
                if (await DispatchBatchAsync(tenantId, eventId, ct) == FanOutTurn.Busy)
                    return FanOutTurn.Busy;
            }
            catch (Exception failure) when (IsOfTheEvents(failure))
            {
                MessagingLog.EventPutOff(log, failure, eventId, tenantId);
                await PutOffAsync(tenantId, eventId, ct);
            }
        }
        return FanOutTurn.More;
    }

    private async Task<FanOutTurn> DispatchBatchAsync(Guid tenantId, Guid? only, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = contexts.Take(tenantId);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await TryLockAsync(db, tenantId, ct))
            return FanOutTurn.Busy;
        var events = await ClaimAsync(db, tenantId, only, now, ct);
        if (events.Count == 0)
            return FanOutTurn.Idle;

        var batch = new FanOutBatch(tenantId, [.. events.Where(e => !e.Silent && !e.IsInternal)], db);
        if (batch.Events.Count > 0)
        {
            foreach (var route in _routes)
                await route.RouteAsync(batch, ct);
            await db.SaveChangesAsync(ct);
        }
        // These were put off before, and what came after them may have waited.
        var late = events.Where(e => e.FailedDispatches > 0).Select(e => e.SubjectId).Distinct().ToArray();
        string[] lanes = [.. batch.Targets.Where(t => t.OrderKey is not null).Select(t => t.Lane).Distinct(), .. late.Length > 0 ? await db.OrderedLanesAsync(late, ct) : []];
        await WriteAsync(transaction, tenantId, events, batch, lanes, now, ct);
        var letGo = late.Length > 0 ? await db.RestoreOrderAsync(lanes, late, now, ct) : [];
        await transaction.CommitAsync(ct);

        deliveries.Due(batch.Targets.Select(t => new DeliveryLane(tenantId, t.Channel, t.Lane)).Concat(letGo).Distinct());
        MessagingMetrics.Dispatched(events, now);
        return events.Count == BatchSize ? FanOutTurn.More : FanOutTurn.Idle;
    }

    private static async Task<bool> TryLockAsync(SecureBaseDb db, Guid tenantId, CancellationToken ct) =>
        (await db.Database.SqlQuery<bool>($"select pg_try_advisory_xact_lock(hashtextextended('fan-out ' || {tenantId}, 0)) as \"Value\"").ToListAsync(ct))[0];

    private static Task<List<OutboxEvent>> ClaimAsync(SecureBaseDb db, Guid tenantId, Guid? only, DateTimeOffset now, CancellationToken ct) =>
        (only is { } id
            ? db.OutboxEvents.FromSql($"select * from outbox_events where tenant_id = {tenantId} and id = {id} and dispatched_at is null for update skip locked")
            : db.OutboxEvents.FromSql($"""
                select * from outbox_events
                where tenant_id = {tenantId} and dispatched_at is null and (not_before is null or not_before <= {now})
                order by position limit {BatchSize} for update skip locked
                """))
        .OrderBy(e => e.Position).AsNoTracking().ToListAsync(ct);

    private static async Task WriteAsync(
        IDbContextTransaction transaction, Guid tenantId, List<OutboxEvent> events, FanOutBatch routed, string[] orderedLanes, DateTimeOffset now, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)transaction.GetDbTransaction().Connection!;
        await using var batch = new NpgsqlBatch(connection);
        var targets = routed.Targets;
        if (orderedLanes.Length > 0)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(DeliverySql.LockOrder) { Parameters = { Of(tenantId), Of(orderedLanes) } });
        // First, so that what is still undispatched afterwards is what was put off.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update outbox_events set dispatched_at = $2, not_before = null where tenant_id = $1 and id = any($3)")
        {
            Parameters = { Of(tenantId), Of(now), Of(events.Select(e => e.Id).ToArray()) },
        });
        if (targets.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(targets.Any(t => t.OrderKey is not null) ? InsertInOrder : Insert)
            {
                Parameters =
                {
                    Of(tenantId), Of(now), Of(AscendingIds(targets.Count, now)), Of(targets.Select(t => t.EventId).ToArray()),
                    Of(targets.Select(t => t.Channel).ToArray()), Of(targets.Select(t => t.Target).ToArray()), Of(targets.Select(t => t.Lane).ToArray()),
                    Of(targets.Select(t => t.OrderKey).ToArray()), Of(targets.Select(t => t.Sequence).ToArray()),
                },
            });
        }
        if (routed.Payloads is { Count: > 0 } payloads)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into delivery_payloads (tenant_id, event_id, channel, body) select $1, * from unnest($2, $3, $4) on conflict do nothing")
            {
                Parameters = { Of(tenantId), Of(payloads.Select(p => p.EventId).ToArray()), Of(payloads.Select(p => p.Channel).ToArray()), Of(payloads.Select(p => p.Body).ToArray()) },
            });
        }
        var logs = targets.Select(t => new DeliveryLane(tenantId, t.Channel, t.Lane)).Distinct().Select(DeliveryTelling.SignalOf).OfType<LiveSignal>();
        foreach (var payload in LiveSignalCodec.Encode(tenantId, events.Where(e => !e.Silent).Select(e => e.ToSignal()).Concat(logs)))
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_notify($1, $2)") { Parameters = { Of(LiveChannel), Of(payload) } });
        await batch.ExecuteNonQueryAsync(ct);
    }

    // Lists by id show deliveries of one batch in the order of their events: ids of the same millisecond would be in none.
    private static Guid[] AscendingIds(int count, DateTimeOffset now) => [.. Enumerable.Range(0, count).Select(i => Guid.CreateVersion7(now.AddMilliseconds(i)))];

    private async Task<List<Guid>> PendingAsync(Guid tenantId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = contexts.Take(tenantId);
        return await db.OutboxEvents.Where(e => e.DispatchedAt == null && (e.NotBefore == null || e.NotBefore <= now))
            .OrderBy(e => e.Position).Take(BatchSize).Select(e => e.Id).ToListAsync(ct);
    }

    private async Task PutOffAsync(Guid tenantId, Guid eventId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = contexts.Take(tenantId);
        var failed = await db.OutboxEvents.Where(e => e.Id == eventId).Select(e => e.FailedDispatches).SingleAsync(ct);
        var notBefore = now + Backoff[Math.Min(failed, Backoff.Length - 1)];
        await db.OutboxEvents.Where(e => e.Id == eventId && e.DispatchedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.NotBefore, notBefore).SetProperty(e => e.FailedDispatches, failed + 1), ct);
    }

    // A lost connection or a full server says nothing about the events: the whole batch is simply tried again.
    private static bool IsOfTheEvents(Exception failure) =>
        failure is not OperationCanceledException && failure.GetBaseException() is not (DbException { IsTransient: true } or System.Net.Sockets.SocketException or TimeoutException);

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
