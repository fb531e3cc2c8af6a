using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Webhooks.Sending;

namespace SecureBase.Core.Webhooks;

internal static class EndpointLocks
{
    /// <summary>Writers of one endpoint queue on its row. Null when it is deleted, another tenant's or nobody's.</summary>
    internal static async Task<(WebhookEndpoint Endpoint, DeliveryLaneState Lane)?> LockEndpointAsync(this SecureBaseDb db, Guid id, CancellationToken ct)
    {
        await db.LockOrderAsync([WebhookEndpoint.LaneOf(id)], ct);
        if (await db.WebhookEndpoints.FromSql($"select * from webhooks where tenant_id = {db.TenantId} and id = {id} and deleted_at is null for update").SingleOrDefaultAsync(ct) is not { } endpoint)
            return null;
        var lane = await db.DeliveryLanes.FromSql($"select * from delivery_lanes where tenant_id = {db.TenantId} and channel = {WebhookChannel.ChannelName} and lane = {endpoint.Lane} for update").SingleAsync(ct);
        return (endpoint, lane);
    }
}
