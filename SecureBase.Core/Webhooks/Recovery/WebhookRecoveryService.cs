using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Sending;

namespace SecureBase.Core.Webhooks.Recovery;

/// <summary>Which deliveries to recover.</summary>
public sealed record RecoverDeliveries
{
    /// <summary>Those made from this instant; at most 30 days ago there are any.</summary>
    public DateTimeOffset? From { get; init; }
    /// <summary>To this one; null for now.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>A recovery as its GET returns it.</summary>
public sealed record RecoveryView
{
    public required Guid Id { get; init; }
    public required Guid WebhookId { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public required RecoveryStatus Status { get; init; }
    /// <summary>How many failed deliveries there were; absent until they are counted.</summary>
    public long? Total { get; init; }
    /// <summary>How many are queued again so far.</summary>
    public required long Recovered { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>Sends again what failed for good, all of it within a time, in the background.</summary>
public sealed class WebhookRecoveryService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, Caller caller, TimeProvider clock)
{
    /// <summary>Begins one. Errors: no time to begin at, an empty range, not found, the endpoint is disabled, one is running already, forbidden.</summary>
    public async Task<Result<RecoveryView>> BeginAsync(Guid endpointId, RecoverDeliveries request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (request.From is not { } from)
            return Error.Invalid("from", "Say from when on failed deliveries are sent again.");
        // Whatever offset somebody writes them with.
        (from, var to) = (from.ToUniversalTime(), request.To?.ToUniversalTime() ?? now);
        if (to <= from)
            return Error.Invalid("to", "The range ends before it begins.");
        return await unit.ChangeAsync<RecoveryView>(WebhookPermissions.Manage, "webhook.recovery_begun", async (change, ct) =>
        {
            if (await change.Db.LockEndpointAsync(endpointId, ct) is not var (endpoint, _))
                return WebhookErrors.NotFound;
            if (endpoint.Status == EndpointStatus.Disabled)
                return WebhookErrors.Disabled;
            if (await change.Db.WebhookRecoveries.AnyAsync(r => r.EndpointId == endpointId && r.Status == RecoveryStatus.Running, ct))
                return WebhookErrors.RecoveryUnderWay;
            // What fails from now on is not what somebody has seen failing.
            var until = to < change.At ? to : change.At;
            var recovery = new WebhookRecovery(Guid.CreateVersion7(change.At), endpointId, from, until, WebhookDeliveryService.FirstIdOf(from), change.Actor, change.At);
            change.Db.WebhookRecoveries.Add(recovery);
            change.Audit("webhook.recovery_begun", WebhookEvents.Webhook, endpointId, new { from, until });
            change.Emit(WebhookEvents.Changed, WebhookEvents.Webhook, endpointId, endpoint.Version, data: null);
            return ToView(recovery);
        }, ct);
    }

    /// <summary>How many failed deliveries of an endpoint a recovery of this range would send again, counted up to <see cref="WebhookHealth.CountedPending"/>.</summary>
    public async Task<Result<int>> CountAsync(Guid endpointId, RecoverDeliveries range, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Read))
            return Error.Forbidden(WebhookPermissions.Read);
        var now = clock.GetUtcNow();
        var (from, to, lane) = (range.From?.ToUniversalTime() ?? now.AddDays(-30), range.To?.ToUniversalTime() ?? now, WebhookEndpoint.LaneOf(endpointId));
        var (first, last) = (WebhookDeliveryService.FirstIdOf(from), WebhookDeliveryService.LastIdOf(to));
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Deliveries
            .Where(d => d.Channel == WebhookChannel.ChannelName && d.Lane == lane && d.Id.CompareTo(first) >= 0 && d.Id.CompareTo(last) < 0
                && d.Status == DeliveryStatus.Failed && d.CreatedAt >= from && d.CreatedAt <= to)
            .Take(WebhookHealth.CountedPending).CountAsync(ct);
    }

    /// <summary>One recovery of an endpoint.</summary>
    public async Task<Result<RecoveryView>> GetAsync(Guid endpointId, Guid id, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Read))
            return Error.Forbidden(WebhookPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.WebhookRecoveries.AsNoTracking().SingleOrDefaultAsync(r => r.EndpointId == endpointId && r.Id == id, ct) is { } recovery ? ToView(recovery) : WebhookErrors.RecoveryNotFound;
    }

    /// <summary>The newest of an endpoint, or null.</summary>
    public async Task<Result<RecoveryView?>> LatestAsync(Guid endpointId, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Read))
            return Error.Forbidden(WebhookPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.WebhookRecoveries.AsNoTracking().Where(r => r.EndpointId == endpointId).OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct) is { } recovery ? ToView(recovery) : (RecoveryView?)null;
    }

    /// <summary>Stops it: what is queued again by then is sent. One that has ended stays as it is.</summary>
    public Task<Result<RecoveryView>> CancelAsync(Guid endpointId, Guid id, CancellationToken ct) =>
        unit.ChangeAsync<RecoveryView>(WebhookPermissions.Manage, "webhook.recovery_cancelled", async (change, ct) =>
        {
            var recovery = await change.Db.WebhookRecoveries
                .FromSql($"select * from webhook_recoveries where tenant_id = {change.Db.TenantId} and id = {id} and endpoint_id = {endpointId} for update").SingleOrDefaultAsync(ct);
            if (recovery is null)
                return WebhookErrors.RecoveryNotFound;
            if (recovery.Status == RecoveryStatus.Running)
            {
                recovery.Cancel(change.At);
                change.Audit("webhook.recovery_cancelled", WebhookEvents.Webhook, endpointId, new { recovery.Recovered });
            }
            return ToView(recovery);
        }, ct);

    private static RecoveryView ToView(WebhookRecovery recovery) => new()
    {
        Id = recovery.Id, WebhookId = recovery.EndpointId, From = recovery.From, To = recovery.To, Status = recovery.Status, Total = recovery.Total,
        Recovered = recovery.Recovered, CreatedAt = recovery.CreatedAt, FinishedAt = recovery.FinishedAt,
    };
}
