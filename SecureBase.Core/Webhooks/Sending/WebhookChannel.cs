using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureBase.Core.Messaging;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Webhooks.Targets;

namespace SecureBase.Core.Webhooks.Sending;

/// <summary>
/// Delivers events to endpoints. Each endpoint is a lane: one that is slow, failing or dead costs no other anything. A test goes
/// by a lane of its own, so that neither a pause nor a full queue keeps it waiting, and is attempted once.
/// </summary>
internal sealed class WebhookChannel(WebhookDirectory directory, WebhookSender sender, TenantRounds rounds, IOptions<WebhookOptions> options, TimeProvider clock) : IDeliveryChannel
{
    public const string ChannelName = "webhook";

    // The sender ends an attempt at its timeout and says what was sent; this one is for what is before and after.
    private static readonly TimeSpan BesidesTheRequest = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AfterExhaustion = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, (Uri Url, EndpointHealth Health)> _health = new();

    public string Name => ChannelName;

    public DeliveryPolicy Policy { get; } = new()
    {
        RetrySchedule = options.Value.RetrySchedule,
        Timeout = options.Value.Timeout + BesidesTheRequest,
        Concurrency = options.Value.Concurrency,
        ConcurrencyPerTenant = options.Value.ConcurrencyPerTenant,
        ConcurrencyPerLane = options.Value.ConcurrencyPerEndpoint,
        HasPlaceForEachLane = true,
    };

    internal static string TestLaneOf(Guid endpointId) => $"{endpointId:N}.test";

    public async Task<DeliveryOutcome> SendAsync(DeliveryWork work, CancellationToken ct)
    {
        var id = Guid.Parse(work.Target);
        if (await directory.FindAsync(work.TenantId, id, ct) is not { } endpoint)
        {
            _health.TryRemove(id, out _);
            return new DeliveryOutcome.Dead("The endpoint was deleted.");
        }
        var isTest = work.EventType == WebhookEvents.Test;
        if (endpoint.Status == EndpointStatus.Disabled && !isTest)
            return new DeliveryOutcome.Dead("Not sent: the endpoint is disabled.");

        var body = work.Body ?? throw new InvalidOperationException("A webhook's bytes are fixed when its event is fanned out.");
        WebhookAnswer answer;
        try
        {
            answer = await sender.SendAsync(endpoint, work, body, ct);
        }
        catch (LookUpsExhaustedException)
        {
            return new DeliveryOutcome.Interrupted("Too many names were being looked up to look this one up; nothing was sent.", AfterExhaustion);
        }
        if (isTest)
            return answer.Error is null ? new DeliveryOutcome.Delivered { Exchange = answer.Exchange } : new DeliveryOutcome.Dead(answer.Error) { Exchange = answer.Exchange };
        return await JudgeAsync(work, id, endpoint, answer, ct);
    }

    private async Task<DeliveryOutcome> JudgeAsync(DeliveryWork work, Guid endpointId, LiveEndpoint endpoint, WebhookAnswer answer, CancellationToken ct)
    {
        // What another address answered says nothing about this one.
        var (_, health) = _health.AddOrUpdate(endpointId, _ => (endpoint.Url, new EndpointHealth()), (_, known) => known.Url == endpoint.Url ? known : (endpoint.Url, new EndpointHealth()));
        var now = clock.GetUtcNow();
        if (answer.Error is not { } error)
        {
            health.Succeeded(now);
            return new DeliveryOutcome.Delivered { Exchange = answer.Exchange };
        }
        if (answer.Exchange.StatusCode == (int)HttpStatusCode.Gone)
        {
            var isGone = true;
            await rounds.VisitAsync([work.TenantId], async (services, ct) => isGone = await services.GetRequiredService<DeadEndpoints>().DisableGoneAsync(endpointId, endpoint.Url.OriginalString, ct), ct);
            return isGone ? new DeliveryOutcome.Dead(error) { Exchange = answer.Exchange } : new DeliveryOutcome.Retry(error) { Exchange = answer.Exchange };
        }
        return new DeliveryOutcome.Retry(error, answer.RetryAfter) { Exchange = answer.Exchange, Hold = HoldAfter(work, health, answer, now) };
    }

    private static LaneHold? HoldAfter(DeliveryWork work, EndpointHealth health, WebhookAnswer answer, DateTimeOffset now)
    {
        var opens = health.Failed(now) || work.IsProbe;
        TimeSpan? pause = answer.Exchange.StatusCode is 429 or 502 or 504 ? Longer(health.Overloaded(), answer.RetryAfter) : null;
        return opens ? new LaneHold(Longer(EndpointHealth.OpenFor, pause), HalfOpen: true) : pause is { } slow ? new LaneHold(slow, HalfOpen: false) : null;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan? other) => other > one ? other.Value : one;
}
