namespace SecureBase.Core.Support;

/// <summary>Event types of the support desk (product contract, section 4).</summary>
public static class SupportEvents
{
    /// <summary>Subject kind of tickets, in audit, outbox and live signals.</summary>
    public const string Ticket = "ticket";

    public const string Created = "ticket.created";
    public const string Updated = "ticket.updated";
    public const string Commented = "ticket.commented";
    public const string Resolved = "ticket.resolved";
    public const string Reopened = "ticket.reopened";

    public const string SlaWarning = "ticket.sla_warning";
    public const string SlaBreached = "ticket.sla_breached";

    /// <summary>Refreshes staff pages only; never delivered, never signalled to customers.</summary>
    public const string Noted = "internal.ticket_noted";
}
