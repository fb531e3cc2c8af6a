namespace SecureBase.Core.Messaging;

/// <summary>Who may learn that something changed.</summary>
public enum LiveAudience
{
    /// <summary>The tenant's own people and the provider's staff.</summary>
    Everyone,
    /// <summary>The provider's staff only, e.g. an internal note.</summary>
    Staff,
}

/// <summary>
/// "This changed, look again": ids only, sent to every node after the commit. Delivered at least once and not always in
/// order; whoever receives it reads again what it may see, under its own row-level security.
/// </summary>
/// <param name="Kind">Kind of the resource: <c>ticket</c>, <c>presence</c> (whose id is the ticket's) …</param>
/// <param name="Id">The resource.</param>
/// <param name="Version">The resource's version after the change; 0 where it has none.</param>
public sealed record LiveSignal(Guid TenantId, string Kind, Guid Id, int Version, LiveAudience Audience)
{
    /// <summary>The event behind it, e.g. <c>ticket.commented</c>; null where there is none, as for presence.</summary>
    public string? EventType { get; init; }

    /// <summary>Who made it happen, so that nobody is told of their own act.</summary>
    public Guid? ActorId { get; init; }
}

/// <summary>What a subscriber wants to hear of.</summary>
/// <param name="TenantId">Null, for staff only: all tenants.</param>
/// <param name="Kind">Null: every kind.</param>
/// <param name="Id">Null: every resource of that kind.</param>
public readonly record struct LiveTopic(Guid? TenantId, string? Kind = null, Guid? Id = null)
{
    internal bool Covers(LiveSignal signal) =>
        (TenantId is null || TenantId == signal.TenantId) && (Kind is null || Kind == signal.Kind) && (Id is null || Id == signal.Id);
}
