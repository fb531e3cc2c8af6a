using SecureBase.Core.Support;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support;

/// <summary>Where a ticket stands, as a true sentence in two parts: who has it, and since when.</summary>
internal readonly record struct TicketStanding(string Who, string When)
{
    /// <summary>As the customer reads it.</summary>
    internal static TicketStanding ForCustomer(TicketView ticket, ViewerTime time) => ticket.Status switch
    {
        TicketStatus.Resolved => new("Resolved", ticket.ResolvedAt is { } at ? time.Brief(at) : ""),
        TicketStatus.Closed => new("Closed", ticket.ResolvedAt is { } at ? $"resolved {time.Brief(at)}" : ""),
        TicketStatus.WaitingCustomer => new("Waiting for you", $"since {time.Brief(ticket.UpdatedAt)}"),
        _ when ticket.WaitingSince is { } since => new("With us", $"since {time.Brief(since)}"),
        _ => new("We replied", time.Brief(ticket.UpdatedAt)),
    };

    /// <summary>As staff read it.</summary>
    internal static TicketStanding ForStaff(TicketView ticket, ViewerTime time) => ticket.Status switch
    {
        TicketStatus.Resolved => new("resolved", ticket.ResolvedAt is { } at ? time.Brief(at) : ""),
        TicketStatus.Closed => new("closed", ticket.ResolvedAt is { } at ? $"resolved {time.Brief(at)}" : ""),
        TicketStatus.WaitingCustomer => new("customer’s turn", $"changed {time.Brief(ticket.UpdatedAt)}"),
        _ when ticket.WaitingSince is { } since => new(time.Age(since), $"since {time.Brief(since)}"),
        _ => new("replied", $"changed {time.Brief(ticket.UpdatedAt)}"),
    };
}
