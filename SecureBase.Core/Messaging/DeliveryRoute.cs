using SecureBase.Core.Persistence;

namespace SecureBase.Core.Messaging;

/// <summary>
/// A feature's answer to "who gets this event, and how". Runs inside fan-out's transaction under the tenant's row-level
/// security, for a batch of events at once; whatever it writes through <see cref="FanOutBatch.Db"/> commits with the
/// deliveries or not at all. It may run again for the same events, then always after a rollback.
/// </summary>
public interface IDeliveryRoute
{
    Task RouteAsync(FanOutBatch batch, CancellationToken ct);
}

/// <summary>Events of one tenant in the order they were committed per subject, and the deliveries that routes ask for.</summary>
public sealed class FanOutBatch(Guid tenantId, IReadOnlyList<OutboxEvent> events, SecureBaseDb db)
{
    private readonly List<FanOutTarget> _targets = [];
    private readonly List<FanOutPayload> _payloads = [];

    public Guid TenantId => tenantId;
    /// <summary>Never silent ones.</summary>
    public IReadOnlyList<OutboxEvent> Events => events;
    public SecureBaseDb Db => db;

    internal IReadOnlyList<FanOutTarget> Targets => _targets;
    internal IReadOnlyList<FanOutPayload> Payloads => _payloads;

    /// <summary>Asks for one delivery; asking twice for the same event, channel and target makes one.</summary>
    /// <param name="channel">Name of a registered channel.</param>
    /// <param name="target">At most <see cref="Delivery.MaxTargetLength"/> characters.</param>
    /// <param name="lane">What shares a limit and a fate, e.g. the endpoint; empty for the channel as a whole.</param>
    /// <param name="ordered">Sent only when everything earlier of the same lane and subject has succeeded or failed for good.</param>
    public void Deliver(OutboxEvent happened, string channel, string target, string lane = "", bool ordered = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channel.Length, Delivery.MaxChannelLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Length, Delivery.MaxTargetLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lane.Length, Delivery.MaxLaneLength);
        _targets.Add(new FanOutTarget(happened.Id, channel, target, lane, ordered ? happened.SubjectId : null, happened.Position));
    }

    /// <summary>Fixes the bytes the channel sends for the event, to every target and in every attempt. Once for an event and channel.</summary>
    public void Fix(OutboxEvent happened, string channel, byte[] body) => _payloads.Add(new FanOutPayload(happened.Id, channel, body));
}

internal readonly record struct FanOutTarget(Guid EventId, string Channel, string Target, string Lane, Guid? OrderKey, long Sequence);

internal readonly record struct FanOutPayload(Guid EventId, string Channel, byte[] Body);
