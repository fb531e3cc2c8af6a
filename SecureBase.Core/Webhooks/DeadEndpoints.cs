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
            await DisableAsync(Guid.ParseExact(lane.Lane, "N"), ReasonOf(lane), ct);
    }

    /// <summary>Disables one; does nothing when it is disabled or deleted already.</summary>
    /// <param name="reason">A sentence.</param>
    public async Task DisableAsync(Guid id, string reason, CancellationToken ct)
    {
        var disabled = await unit.ChangeAsync<Done>(WebhookPermissions.Manage, WebhookEvents.EndpointDisabled, async (change, ct) =>
        {
            if (await change.Db.LockEndpointAsync(id, ct) is not var (endpoint, lane) || endpoint.Status == EndpointStatus.Disabled)
                return Done.Value;
            endpoint.Disable(reason.Length <= WebhookEndpoint.ReasonMax ? reason : reason[..WebhookEndpoint.ReasonMax], change.At);
            // What still waits ends at once, as failed, and can be recovered.
            lane.Resume();
            change.Audit(WebhookEvents.EndpointDisabled, WebhookEvents.Webhook, id, new { endpoint.Origin, reason });
            change.Emit(WebhookEvents.EndpointDisabled, WebhookEvents.Webhook, id, endpoint.Version, endpoint.ToView(change.At));
            return Done.Value;
        }, ct);
        if (!disabled.IsSuccess)
            throw new InvalidOperationException($"An endpoint could not be disabled: {disabled.Error.Message}");
        directory.Forget(tenant.Tenant.Id, id);
    }

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
