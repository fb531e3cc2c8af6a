using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

/// <summary>Deletes what this scope's tenant's outbox and requests no longer need, in steps that hold no lock for long. Nothing undelivered is ever deleted.</summary>
internal sealed class ExpiredRows(IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, TimeProvider clock)
{
    /// <summary>How long a finished delivery and its event can be looked up (product contract, section 4).</summary>
    internal static readonly TimeSpan DeliveryLog = TimeSpan.FromDays(30);

    internal const int BatchSize = 500;

    public async Task PurgeAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await InBatchesAsync(db => PurgeRequestsAsync(db, now - IdempotentRequest.Lifetime, ct), ct);
        var (finished, id) = (now - DeliveryLog, FirstIdAfter(now - DeliveryLog));
        await InBatchesAsync(db => PurgeDeliveriesAsync(db, finished, id, ct), ct);
        await InBatchesAsync(db => PurgeEventsAsync(db, finished, id, ct), ct);
        await InBatchesAsync(db => PurgeTalliesAsync(db, finished, ct), ct);
    }

    // Without locking the rows first: that takes the right to update them, and an answer once given is never changed.
    private Task<int> PurgeRequestsAsync(SecureBaseDb db, DateTimeOffset until, CancellationToken ct) => db.Database.ExecuteSqlAsync($"""
        with expired as (
          select caller_id, key from idempotent_requests where tenant_id = {tenant.Tenant.Id} and created_at <= {until} limit {BatchSize})
        delete from idempotent_requests r using expired e where r.tenant_id = {tenant.Tenant.Id} and r.caller_id = e.caller_id and r.key = e.key
        """, ct);

    private Task<int> PurgeDeliveriesAsync(SecureBaseDb db, DateTimeOffset until, Guid before, CancellationToken ct) => db.Database.ExecuteSqlAsync($"""
        with expired as (
          select id from deliveries where tenant_id = {tenant.Tenant.Id} and id < {before} and status <> 'pending' and finished_at <= {until}
          limit {BatchSize} for update skip locked)
        delete from deliveries d using expired e where d.tenant_id = {tenant.Tenant.Id} and d.id = e.id
        """, ct);

    private Task<int> PurgeEventsAsync(SecureBaseDb db, DateTimeOffset until, Guid before, CancellationToken ct) => db.Database.ExecuteSqlAsync($"""
        with expired as (
          select id from outbox_events e where tenant_id = {tenant.Tenant.Id} and id < {before} and dispatched_at <= {until}
            and not exists (select from deliveries d where d.tenant_id = e.tenant_id and d.event_id = e.id)
          limit {BatchSize} for update skip locked)
        delete from outbox_events o using expired e where o.tenant_id = {tenant.Tenant.Id} and o.id = e.id
        """, ct);

    private Task<int> PurgeTalliesAsync(SecureBaseDb db, DateTimeOffset until, CancellationToken ct) => db.Database.ExecuteSqlAsync($"""
        with expired as (
          select channel, lane, quarter from delivery_tallies where tenant_id = {tenant.Tenant.Id} and quarter <= {until} limit {BatchSize} for update skip locked)
        delete from delivery_tallies t using expired e where t.tenant_id = {tenant.Tenant.Id} and t.channel = e.channel and t.lane = e.lane and t.quarter = e.quarter
        """, ct);

    private async Task InBatchesAsync(Func<SecureBaseDb, Task<int>> purge, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        while (await purge(db) == BatchSize)
            ct.ThrowIfCancellationRequested();
    }

    // Ids begin with the time a row was made, which is before it was finished: so the key's own index finds the old ones. The
    // hour covers clocks that differ between nodes.
    private static Guid FirstIdAfter(DateTimeOffset finished) => Guid.CreateVersion7(finished + TimeSpan.FromHours(1));
}
