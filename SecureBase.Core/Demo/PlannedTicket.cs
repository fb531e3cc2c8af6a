using SecureBase.Core.Support;

namespace SecureBase.Core.Demo;

/// <summary>A ticket as it will be opened, and everything that then happens to it, in order.</summary>
internal sealed record PlannedTicket
{
    public required string StoryKey { get; init; }
    public required DemoPerson Requester { get; init; }
    /// <summary>Whole seconds; no two tickets of an organisation share one, so that it identifies the ticket.</summary>
    public required DateTimeOffset OpenedAt { get; init; }
    public required string Subject { get; init; }
    public required string Description { get; init; }
    public required TicketCategory Category { get; init; }
    /// <summary>As the requester saw it; triage may change it.</summary>
    public required TicketPriority Priority { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyList<PlannedAct> Acts { get; init; }

    public DateTimeOffset LastActivityAt => Acts.Count == 0 ? OpenedAt : Acts[^1].At;

    /// <summary>Critical and security tickets do not count against a plan.</summary>
    public bool CountsAgainstQuota => Priority != TicketPriority.Critical && Category != TicketCategory.Security;
}

/// <summary>One change of a planned ticket. Later than the one before it by at least a second.</summary>
/// <param name="By">Null when the product does it by itself.</param>
internal abstract record PlannedAct(DateTimeOffset At, DemoPerson? By)
{
    public sealed record Comment(DateTimeOffset At, DemoPerson By, string Body, TicketStatus? Status) : PlannedAct(At, By);

    public sealed record Note(DateTimeOffset At, DemoPerson By, string Body) : PlannedAct(At, By);

    public sealed record Assign(DateTimeOffset At, DemoPerson By, DemoPerson Assignee) : PlannedAct(At, By);

    public sealed record SetPriority(DateTimeOffset At, DemoPerson By, TicketPriority Priority) : PlannedAct(At, By);

    public sealed record SetStatus(DateTimeOffset At, DemoPerson? By, TicketStatus Status) : PlannedAct(At, By);

    public sealed record Rate(DateTimeOffset At, DemoPerson By, int Score, string? Words) : PlannedAct(At, By);
}
