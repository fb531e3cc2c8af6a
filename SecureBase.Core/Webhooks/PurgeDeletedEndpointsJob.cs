using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Core.Webhooks.Sending;

namespace SecureBase.Core.Webhooks;

/// <summary>Deleted endpoints of this scope's tenant whose last delivery is purged, recoveries that ended long ago, and secrets that no longer sign.</summary>
internal sealed class DeletedEndpoints(IDbContextFactory<SecureBaseDb> contexts, TimeProvider clock)
{
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public async Task PurgeAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var until = now - Kept;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.WebhookEndpoints.Where(e => e.PreviousEndsAt <= now).ExecuteUpdateAsync(e => e.SetProperty(p => p.PreviousSecret, (byte[]?)null).SetProperty(p => p.PreviousEndsAt, (DateTimeOffset?)null), ct);
        await db.WebhookRecoveries.Where(r => r.Status != RecoveryStatus.Running && r.FinishedAt <= until).ExecuteDeleteAsync(ct);
        foreach (var endpoint in await db.WebhookEndpoints.AsNoTracking().Where(e => e.DeletedAt <= until).ToListAsync(ct))
        {
            var target = endpoint.Id.ToString();
            if (await db.Deliveries.AnyAsync(d => d.Channel == WebhookChannel.ChannelName && d.Target == target, ct))
                continue;
            var lane = endpoint.Lane;
            await db.DeliveryLanes.Where(l => l.Channel == WebhookChannel.ChannelName && l.Lane == lane).ExecuteDeleteAsync(ct);
            await db.WebhookEndpoints.Where(e => e.Id == endpoint.Id).ExecuteDeleteAsync(ct);
        }
    }
}

/// <summary>Forgets endpoints that were deleted long ago.</summary>
internal sealed class PurgeDeletedEndpointsJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<DeletedEndpoints>().PurgeAsync(ct), cancellationToken);
}
