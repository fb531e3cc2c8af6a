using SecureBase.Core.Support;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support;

/// <summary>Where a ticket stands, as a true sentence in two parts: who has it, and since when.</summary>
/// <param name="Exact">The instant the second part speaks of, in full, for the tooltip; null when it speaks of none.</param>
internal readonly record struct TicketStanding(string Who, string When, string? Exact = null)
{
    /// <summary>As the customer reads it.</summary>
    internal static TicketStanding ForCustomer(TicketView ticket, ViewerTime time) => ticket.Status switch
    {
        TicketStatus.Resolved => At("Resolved", "", ticket.ResolvedAt, time),
        TicketStatus.Closed => At("Closed", "resolved ", ticket.ResolvedAt, time),
        TicketStatus.WaitingCustomer => new("Waiting for you", ""),
        _ when ticket.WaitingSince is not null && ticket.NextDueAt is { } due && due > time.Now => At("We reply", "by ", due, time),
        _ when ticket.WaitingSince is { } since => At("With us", "since ", since, time),
        _ => new("We replied", "and work on it"),
    };

    /// <summary>As staff read it.</summary>
    internal static TicketStanding ForStaff(TicketView ticket, ViewerTime time) => ticket.Status switch
    {
        TicketStatus.Resolved => At("resolved", "", ticket.ResolvedAt, time),
        TicketStatus.Closed => At("closed", "resolved ", ticket.ResolvedAt, time),
        TicketStatus.WaitingCustomer => At("customer’s turn", "changed ", ticket.UpdatedAt, time),
        _ when ticket.WaitingSince is { } since => At(time.Age(since), "since ", since, time),
        _ => At("replied", "changed ", ticket.UpdatedAt, time),
    };

    /// <summary>When the ticket took its present status. What came since, an assignment for example, does not count.</summary>
    internal static DateTimeOffset StatusSince(TicketView ticket, IReadOnlyList<TimelineEntry> entries) =>
        entries.LastOrDefault(e => e.Type == TicketEventType.StatusChanged)?.At ?? ticket.CreatedAt;

    private static TicketStanding At(string who, string what, DateTimeOffset? at, ViewerTime time) =>
        at is { } instant ? new(who, what + time.Brief(instant), time.Exact(instant)) : new(who, "");
}
