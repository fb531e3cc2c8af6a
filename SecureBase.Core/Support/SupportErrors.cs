using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>What the support desk refuses, and why.</summary>
public static class SupportErrors
{
    public static Error TicketNotFound => Error.NotFound("ticket");

    public static Error TicketClosed(string number) =>
        new(ErrorKind.Conflict, "ticket_closed", $"{number} is closed and takes no more changes. Reopen it within 14 days of its resolution, or open a new ticket that names it.");

    /// <summary>One of several, through a fault of ours.</summary>
    public static Error NotChanged => new(ErrorKind.Conflict, "not_changed", "Something failed on our side, and this ticket may be as it was. Look at it, then try it again.");

    public static Error TicketMerged(string number, string into) =>
        new(ErrorKind.Conflict, "ticket_merged", $"{number} was merged into {into}, which carries on for it: write there.");

    public static Error TicketNotMerged(string number) =>
        new(ErrorKind.Conflict, "ticket_not_merged", $"{number} was not merged into another ticket, so there is nothing to take back.");

    public static Error TicketNotResolved(string number) =>
        new(ErrorKind.Conflict, "ticket_not_resolved", $"{number} is neither resolved nor closed, so there is nothing to reopen.");

    public static Error ReopenWindowPassed(string number, DateTimeOffset until) =>
        new(ErrorKind.Conflict, "reopen_window_passed", string.Create(CultureInfo.InvariantCulture, $"{number} could be reopened until {until:d MMMM yyyy, HH:mm} UTC. Open a new ticket that names it."));

    public static Error NothingToRate(string number) =>
        new(ErrorKind.Conflict, "ticket_not_resolved", $"{number} is not resolved yet: it can be rated once it is.");

    public static Error TicketQuotaUsed(TenantInfo tenant, int perMonth) =>
        new(ErrorKind.QuotaExceeded, "ticket_quota_exceeded", $"{QuotaWords.Included(tenant, perMonth, plan => plan.TicketsPerMonth, "tickets a month")}, and all are used. Critical and security tickets are always accepted; a larger plan has more.");

    public static Error StaffOnly(string field) =>
        new(ErrorKind.Forbidden, "staff_only", $"Only support staff change {field} after a ticket is opened.");

    public static Error TeamUnknown => Error.Invalid("team_id", "There is no such team of the support staff.");

    public static Error AssigneeNotStaff => Error.Invalid("assignee_id", "The assignee is not a member of the support staff.");
}
