using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Messaging;

/// <summary>
/// Keeps deliveries of one key in line where something other than their ends changes it: a replay, a recovery, an event that comes late. Of
/// each key at most one is due or under way, the first by sequence unless a later one is already on its way; the others wait for its end.
/// </summary>
internal static class DeliveryOrder
{
    /// <summary>
    /// Nobody else puts deliveries of these lanes in order, or lets the next of them go, until the end of the transaction. Taken before any row
    /// of a delivery or lane is locked, as whoever records attempts does: the other way round the two would wait for each other.
    /// </summary>
    internal static Task<int> LockOrderAsync(this SecureBaseDb db, string[] lanes, CancellationToken ct) => db.Database.ExecuteSqlAsync($"""
        select pg_advisory_xact_lock(k.key)
        from (select distinct hashtextextended('ordered ' || {db.TenantId}::text || ' ' || l, 0) as key from unnest({lanes}) l order by 1) k
        """, ct);

    /// <summary>Lanes in which deliveries of these keys wait or may yet come to wait.</summary>
    internal static Task<List<string>> OrderedLanesAsync(this SecureBaseDb db, Guid[] keys, CancellationToken ct) => db.Database.SqlQuery<string>($"""
        select lane as "Value" from delivery_lanes where tenant_id = {db.TenantId}
        union
        select lane from deliveries where tenant_id = {db.TenantId} and status = 'pending' and order_key = any ({keys})
        """).ToListAsync(ct);

    /// <summary>Restores the line of each key in these lanes, under <see cref="LockOrderAsync"/> and after whatever changed it.</summary>
    /// <returns>The lanes in which something may be due now.</returns>
    internal static async Task<IReadOnlyList<DeliveryLane>> RestoreOrderAsync(this SecureBaseDb db, string[] lanes, Guid[] keys, DateTimeOffset now, CancellationToken ct)
    {
        // A worker may take one that is due at this very moment: whoever has the row's lock decides, and what others have counts as under way.
        var held = (await db.Database.SqlQuery<Guid>($"""
            select id as "Value" from deliveries
            where tenant_id = {db.TenantId} and lane = any ({lanes}) and order_key = any ({keys}) and status = 'pending' and lease_token is null and next_attempt_at < 'infinity'
            for update skip locked
            """).ToListAsync(ct)).ToArray();
        var moved = await db.Database.SqlQuery<Moved>($"""
            with line as (
              select d.id, d.next_attempt_at, d.sequence, d.order_key, d.next_attempt_at = 'infinity' or d.id = any ({held}) as movable,
                row_number() over (partition by d.channel, d.lane, d.order_key order by d.sequence) = 1 as is_first,
                bool_or(d.next_attempt_at < 'infinity' and d.id <> all ({held})) over (partition by d.channel, d.lane, d.order_key) as under_way
              from deliveries d
              where d.tenant_id = {db.TenantId} and d.lane = any ({lanes}) and d.order_key = any ({keys}) and d.status = 'pending'),
            goes as (
              select l.id, case
                when not l.is_first or l.under_way or exists (
                  select from outbox_events e where e.tenant_id = {db.TenantId} and e.dispatched_at is null and e.failed_dispatches > 0 and e.position < l.sequence and e.subject_id = l.order_key) then 'infinity'
                when l.next_attempt_at = 'infinity' then {now}
                else l.next_attempt_at end as at
              from line l where l.movable)
            update deliveries d set next_attempt_at = g.at
            from goes g where d.tenant_id = {db.TenantId} and d.id = g.id and d.next_attempt_at <> g.at
            returning d.channel as "Channel", d.lane as "Lane"
            """).ToListAsync(ct);
        return [.. moved.Distinct().Select(m => new DeliveryLane(db.TenantId!.Value, m.Channel, m.Lane))];
    }

    private sealed record Moved(string Channel, string Lane);
}
