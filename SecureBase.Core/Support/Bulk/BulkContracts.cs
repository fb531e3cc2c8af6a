using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Bulk;

/// <summary>One ticket of the queue to act on.</summary>
public sealed record BulkTarget(string TenantSlug, Guid TicketId, string Number);

/// <summary>What to do with each; null and empty leave it as it is.</summary>
public sealed record BulkChange
{
    /// <summary><see cref="Guid.Empty"/> takes the assignment away.</summary>
    public Guid? AssigneeId { get; init; }
    /// <summary><see cref="Guid.Empty"/> takes the tickets from their teams.</summary>
    public Guid? TeamId { get; init; }
    public TicketPriority? Priority { get; init; }
    public TicketStatus? Status { get; init; }
    public IReadOnlyList<string> AddTags { get; init; } = [];
    public IReadOnlyList<string> RemoveTags { get; init; } = [];
}

/// <summary>What became of one ticket.</summary>
/// <param name="Error">Why it stayed as it was; null when it did not, or when there was nothing to change.</param>
/// <param name="Undo">What takes the change back; null when nothing was changed.</param>
/// <param name="Version">The ticket's version after the change.</param>
public sealed record BulkOutcome(BulkTarget Target, Error? Error, EditTicket? Undo, int Version)
{
    public bool IsChanged => Undo is not null;

    /// <summary>What the ticket stood at before.</summary>
    internal TicketState? Before { get; init; }
}
