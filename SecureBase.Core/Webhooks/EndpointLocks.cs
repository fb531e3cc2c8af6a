using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Webhooks.Sending;

namespace SecureBase.Core.Webhooks;

internal static class EndpointLocks
{
    /// <summary>Nobody else puts deliveries of this lane in order, or lets the next of them go, until the end of the transaction.</summary>
    internal static Task<int> LockOrderAsync(this SecureBaseDb db, string lane, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('ordered ' || {db.TenantId}::text || ' ' || {lane}, 0))", ct);

    /// <summary>Writers of one endpoint queue on its row. Null when it is deleted, another tenant's or nobody's.</summary>
    internal static async Task<(WebhookEndpoint Endpoint, DeliveryLaneState Lane)?> LockEndpointAsync(this SecureBaseDb db, Guid id, CancellationToken ct)
    {
        // First, as whoever records attempts does: the other way round the two would wait for each other.
        await db.LockOrderAsync(WebhookEndpoint.LaneOf(id), ct);
        if (await db.WebhookEndpoints.FromSql($"select * from webhooks where tenant_id = {db.TenantId} and id = {id} and deleted_at is null for update").SingleOrDefaultAsync(ct) is not { } endpoint)
            return null;
        var lane = await db.DeliveryLanes.FromSql($"select * from delivery_lanes where tenant_id = {db.TenantId} and channel = {WebhookChannel.ChannelName} and lane = {endpoint.Lane} for update").SingleAsync(ct);
        return (endpoint, lane);
    }
}
