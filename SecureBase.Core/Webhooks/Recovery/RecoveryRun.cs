using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Sending;

namespace SecureBase.Core.Webhooks.Recovery;

/// <summary>Works off the recoveries of this scope's tenant. Each step is one transaction with its progress, so a process killed in between repeats nothing.</summary>
internal sealed class RecoveryRun(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant)
{
    internal const int BatchSize = 1_000;

    /// <summary>One step of each.</summary>
    /// <returns>Whether something is left.</returns>
    public async Task<bool> StepAsync(CancellationToken ct)
    {
        List<Guid> running;
        await using (var db = await contexts.CreateDbContextAsync(ct))
            running = await db.WebhookRecoveries.Where(r => r.Status == RecoveryStatus.Running).OrderBy(r => r.Id).Select(r => r.Id).ToListAsync(ct);
        var left = false;
        foreach (var id in running)
            left |= await StepAsync(id, ct);
        return left;
    }

    // Each in a transaction of its own: one that held the lanes of several would wait for whoever takes them in another order, and be waited for.
    private async Task<bool> StepAsync(Guid id, CancellationToken ct)
    {
        var step = await unit.ChangeAsync<bool>(WebhookPermissions.Manage, "webhook.recovery_step", async (change, ct) =>
        {
            if (await change.Db.WebhookRecoveries
                .FromSql($"select * from webhook_recoveries where tenant_id = {tenant.Tenant.Id} and id = {id} and status = 'running' for update skip locked").SingleOrDefaultAsync(ct) is not { } recovery)
                return false;
            await StepAsync(change, recovery, ct);
            return recovery.Status == RecoveryStatus.Running;
        }, ct);
        return step.IsSuccess ? step.Value : throw new InvalidOperationException($"A recovery could not go on: {step.Error.Message}");
    }

    private async Task StepAsync(Change change, WebhookRecovery recovery, CancellationToken ct)
    {
        var db = change.Db;
        // By lane and not by endpoint: a test that failed is over.
        var (lane, last) = (WebhookEndpoint.LaneOf(recovery.EndpointId), WebhookDeliveryService.LastIdOf(recovery.To));
        if (recovery.Total is null)
        {
            recovery.Count(await db.Database.SqlQuery<long>($"""
                select count(*) as "Value" from deliveries
                where tenant_id = {tenant.Tenant.Id} and channel = {WebhookChannel.ChannelName} and lane = {lane} and id > {recovery.Position} and id < {last}
                  and status = 'failed' and created_at between {recovery.From} and {recovery.To}
                """).SingleAsync(ct));
        }
        await db.LockOrderAsync([lane], ct);
        change.Emit(WebhookEvents.Changed, WebhookEvents.Webhook, recovery.EndpointId, 0, data: null);
        // Whoever takes the endpoint out of use has had the lock before: what is queued from now on would only fail again.
        if (!await db.WebhookEndpoints.AnyAsync(e => e.Id == recovery.EndpointId && e.DeletedAt == null && e.Status != EndpointStatus.Disabled, ct))
        {
            recovery.Cancel(change.At);
            change.Audit("webhook.recovery_cancelled", WebhookEvents.Webhook, recovery.EndpointId, new { recovery.Recovered });
            return;
        }
        var found = await db.Database.SqlQuery<Queued>($"""
            with failed as (
              select id from deliveries
              where tenant_id = {tenant.Tenant.Id} and channel = {WebhookChannel.ChannelName} and lane = {lane} and id > {recovery.Position} and id < {last}
                and status = 'failed' and created_at between {recovery.From} and {recovery.To}
              order by id limit {BatchSize} for update)
            update deliveries d set status = 'pending', finished_at = null, earlier_attempts = d.attempt_count,
              next_attempt_at = case when d.order_key is null then {change.At} else 'infinity' end
            from failed f where d.tenant_id = {tenant.Tenant.Id} and d.id = f.id
            returning d.id as "Id", d.order_key as "OrderKey"
            """).ToListAsync(ct);
        if (found.Select(q => q.OrderKey).OfType<Guid>().Distinct().ToArray() is { Length: > 0 } keys)
            await db.RestoreOrderAsync([lane], keys, change.At, ct);
        if (found.Count > 0)
            recovery.Progress(found.Count, found.Max(q => q.Id));
        if (found.Count < BatchSize)
            recovery.Complete(change.At);
    }

    private sealed record Queued(Guid Id, Guid? OrderKey);
}

/// <summary>Runs <see cref="RecoveryRun"/> on this node, for the tenants in which a recovery is running.</summary>
internal sealed class RecoveryWorker(TenantRounds rounds, NpgsqlDataSource source, TimeProvider clock, ILogger<RecoveryWorker> log) : BackgroundService
{
    private const int TenantsAtOnce = 4;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                WebhooksLog.RecoveryFailed(log, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Steps of all tenants in turn, until none has anything left.</summary>
    internal async Task TurnAsync(CancellationToken ct)
    {
        var left = 1;
        while (left > 0)
        {
            left = 0;
            await rounds.VisitAsync(await source.TenantsAsync("select tenant_id from tenants_with_recoveries()", at: null, ct), async (services, ct) =>
            {
                if (await services.GetRequiredService<RecoveryRun>().StepAsync(ct))
                    Interlocked.Increment(ref left);
            }, ct, TenantsAtOnce);
        }
    }
}
