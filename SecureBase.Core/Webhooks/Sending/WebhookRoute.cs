using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;

namespace SecureBase.Core.Webhooks.Sending;

/// <summary>
/// Which endpoints get an event: those whose filter names its type, paused and disabled ones too, so that their log shows what
/// they missed and recovery can send it; a test goes to the endpoint it is a test of and to no other.
/// </summary>
internal sealed class WebhookRoute : IDeliveryRoute
{
    private static readonly string[] Told = [.. EventCatalogue.All.Select(type => type.Name)];

    public async Task RouteAsync(FanOutBatch batch, CancellationToken ct)
    {
        var told = batch.Events.Where(e => e.Data is not null && Told.Contains(e.Type)).ToList();
        if (told.Count == 0)
            return;
        var endpoints = await batch.Db.WebhookEndpoints.AsNoTracking().Where(e => e.DeletedAt == null).OrderBy(e => e.CreatedAt)
            .Select(e => new { e.Id, e.Events, e.Ordered }).ToListAsync(ct);
        foreach (var happened in told)
        {
            var isTest = happened.Type == WebhookEvents.Test;
            var wanted = endpoints.Where(e => isTest ? e.Id == happened.SubjectId : e.Events.Contains(happened.Type)).ToList();
            if (wanted.Count == 0)
                continue;
            batch.Fix(happened, WebhookChannel.ChannelName, WebhookBody.Write(happened.Type, happened.OccurredAt, happened.Data!));
            foreach (var endpoint in wanted)
            {
                batch.Deliver(happened, WebhookChannel.ChannelName, endpoint.Id.ToString(),
                    isTest ? WebhookChannel.TestLaneOf(endpoint.Id) : WebhookEndpoint.LaneOf(endpoint.Id), endpoint.Ordered && !isTest);
            }
        }
    }
}
