using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Quartz;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Sending;

namespace SecureBase.Core.Webhooks;

/// <summary>Disables endpoints of this scope's tenant that nobody answers for any more, and says so.</summary>
internal sealed class DeadEndpoints(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, WebhookDirectory directory)
{
    /// <summary>An endpoint is given up when every attempt has failed for so long …</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromDays(5);

    /// <summary>… or when so many deliveries in a row have used up all their attempts.</summary>
    internal const int MaxExhausted = 100;

    /// <summary>Disables what has failed for too long.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var failing = await db.DeliveryLanes.AsNoTracking()
            .Where(l => l.Channel == WebhookChannel.ChannelName && l.FailingSince != null && (l.Exhausted >= MaxExhausted || l.LastFailedAt - l.FailingSince >= Patience)).ToListAsync(ct);
        foreach (var lane in failing.Where(l => Guid.TryParseExact(l.Lane, "N", out _)))
            await DisableAsync(Guid.ParseExact(lane.Lane, "N"), (_, now) => IsGivenUp(now) ? ReasonOf(now) : null, ct);
    }

    /// <summary>Disables one; does nothing when it is disabled or deleted already.</summary>
    /// <param name="reason">A sentence.</param>
    public Task DisableAsync(Guid id, string reason, CancellationToken ct) => DisableAsync(id, (_, _) => reason, ct);

    /// <summary>Disables one whose receiver at this address wants no more.</summary>
    /// <returns>False when it has another address by now, which has said no such thing.</returns>
    public Task<bool> DisableGoneAsync(Guid id, string url, CancellationToken ct) =>
        DisableAsync(id, (endpoint, _) => endpoint.Url == url ? "The receiver answered 410 Gone: it wants no more deliveries." : null, ct);

    // Between the look and the lock it may have succeeded, or somebody may have changed it.
    private async Task<bool> DisableAsync(Guid id, Func<WebhookEndpoint, DeliveryLaneState, string?> judge, CancellationToken ct)
    {
        var disabled = await unit.ChangeAsync<bool>(WebhookPermissions.Manage, WebhookEvents.EndpointDisabled, async (change, ct) =>
        {
            if (await change.Db.LockEndpointAsync(id, ct) is not var (endpoint, lane) || endpoint.Status == EndpointStatus.Disabled)
                return true;
            if (judge(endpoint, lane) is not { } reason)
                return false;
            endpoint.Disable(reason.Length <= WebhookEndpoint.ReasonMax ? reason : reason[..WebhookEndpoint.ReasonMax], change.At);
            // What still waits ends at once, as failed, and can be recovered.
            lane.Resume();
            change.Audit(WebhookEvents.EndpointDisabled, WebhookEvents.Webhook, id, new { endpoint.Origin, reason });
            change.Emit(WebhookEvents.EndpointDisabled, WebhookEvents.Webhook, id, endpoint.Version, endpoint.ToView(change.At));
            return true;
        }, ct);
        if (!disabled.IsSuccess)
            throw new InvalidOperationException($"An endpoint could not be disabled: {disabled.Error.Message}");
        directory.Forget(tenant.Tenant.Id, id);
        return disabled.Value;
    }

    private static bool IsGivenUp(DeliveryLaneState lane) => lane.FailingSince is not null && (lane.Exhausted >= MaxExhausted || lane.LastFailedAt - lane.FailingSince >= Patience);

    private static string ReasonOf(DeliveryLaneState lane) => lane.Exhausted >= MaxExhausted
        ? string.Create(CultureInfo.InvariantCulture, $"{lane.Exhausted} deliveries in a row used up all their attempts; the last one: {lane.LastError}")
        : string.Create(CultureInfo.InvariantCulture, $"Every attempt failed for {Patience.TotalDays:0} days; the last one: {lane.LastError}");
}

/// <summary>Looks for endpoints that have failed for too long.</summary>
internal sealed class DisableDeadEndpointsJob(TenantRounds rounds, NpgsqlDataSource source) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync(await source.TenantsAsync("select tenant_id from tenants_with_failing_lanes()", at: null, cancellationToken),
            (services, ct) => services.GetRequiredService<DeadEndpoints>().SweepAsync(ct), cancellationToken);
}
