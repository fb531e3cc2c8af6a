using SecureBase.Core.Support;
using SecureBase.Core.Support.Bulk;

namespace SecureBase.Portal.Support.Desk;

internal sealed record AddNote
{
    public string? Body { get; init; }
}

internal sealed record LinkTicket
{
    public string? Number { get; init; }
}

internal sealed record MergeTicket
{
    public string? Into { get; init; }
}

internal sealed record SplitTicket
{
    public Guid? CommentId { get; init; }
    public string? Subject { get; init; }
}

internal sealed record TicketAddress
{
    public string? Tenant { get; init; }
    public Guid? Id { get; init; }
}

internal sealed record ChangeTickets
{
    public IReadOnlyList<TicketAddress?>? Tickets { get; init; }
    public TicketsChange? Change { get; init; }
}

internal sealed record TicketsChange
{
    public Guid? AssigneeId { get; init; }
    public Guid? TeamId { get; init; }
    public TicketPriority? Priority { get; init; }
    public TicketStatus? Status { get; init; }
    public IReadOnlyList<string?>? AddTags { get; init; }
    public IReadOnlyList<string?>? RemoveTags { get; init; }

    internal BulkChange ToChange() => new()
    {
        AssigneeId = AssigneeId, TeamId = TeamId, Priority = Priority, Status = Status, AddTags = Words(AddTags), RemoveTags = Words(RemoveTags),
    };

    private static IReadOnlyList<string> Words(IReadOnlyList<string?>? tags) => [.. (tags ?? []).Select(t => t?.Trim().ToLowerInvariant() ?? "").Distinct()];
}

internal sealed record BulkOutcomes(IReadOnlyList<TicketOutcome> Outcomes);

/// <summary>What became of one ticket of several.</summary>
internal sealed record TicketOutcome
{
    public required string Tenant { get; init; }
    public required Guid Id { get; init; }
    public required bool Changed { get; init; }
    public int? Version { get; init; }
    public EditTicket? Undo { get; init; }
    public string? Code { get; init; }
    public string? Detail { get; init; }

    internal static TicketOutcome Of(BulkOutcome outcome) => new()
    {
        Tenant = outcome.Target.TenantSlug, Id = outcome.Target.TicketId, Changed = outcome.IsChanged, Version = outcome.Error is null ? outcome.Version : null,
        Undo = outcome.Undo, Code = outcome.Error?.Code, Detail = outcome.Error?.Message,
    };
}

internal sealed record SaveQueueView
{
    public string? Name { get; init; }
    public string? Filter { get; init; }
    public bool? IsShared { get; init; }
}
