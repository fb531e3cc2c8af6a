using SecureBase.Core.Support;

namespace SecureBase.Tests.Support;

/// <summary>Tickets as a list would show them, for what needs no database.</summary>
internal static class Tickets
{
    internal static readonly DateTimeOffset Created = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    internal static TicketView View(string number = "ACME-7", TicketStatus status = TicketStatus.Open, DateTimeOffset? waitingSince = null, DateTimeOffset? updatedAt = null, int version = 1, Guid? id = null, string subject = "The peering drops") => new()
    {
        Id = id ?? Guid.CreateVersion7(),
        Number = number,
        Subject = subject,
        Description = "Since 08:40.",
        Priority = TicketPriority.Medium,
        Category = TicketCategory.Technical,
        Status = status,
        Tags = ["network"],
        Requester = new PersonRef(Guid.CreateVersion7(), "Ada Customer"),
        CreatedAt = Created,
        UpdatedAt = updatedAt ?? Created,
        ResolvedAt = status is TicketStatus.Resolved or TicketStatus.Closed ? Created.AddHours(2) : null,
        CommentCount = 0,
        Version = version,
        WaitingSince = waitingSince,
    };
}
