using System.Text.Json.Serialization;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

public enum TicketPriority { Low, Medium, High, Critical }

public enum TicketCategory { General, Billing, Technical, FeatureRequest, Security }

public enum TicketStatus { Open, InProgress, WaitingCustomer, Resolved, Closed }

/// <summary>What a person sends to open a ticket. Texts are trimmed.</summary>
public sealed record OpenTicket
{
    /// <summary>3–200 characters.</summary>
    public string? Subject { get; init; }
    /// <summary>Markdown, up to 20,000 characters.</summary>
    public string? Description { get; init; }
    /// <summary>Default medium.</summary>
    public TicketPriority? Priority { get; init; }
    /// <summary>Default general.</summary>
    public TicketCategory? Category { get; init; }
    /// <summary>Up to 10, each 1–40 characters of a-z, 0-9, '-' and '.'; lower-cased.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
    /// <summary>Uploads of the sender's that wait and go with it; pages name them, the API attaches by a route of its own.</summary>
    [JsonIgnore]
    public IReadOnlyList<Guid> Attachments { get; init; } = [];
}

/// <summary>What to change; a null field stays as it is.</summary>
public sealed record EditTicket
{
    public string? Subject { get; init; }
    public string? Description { get; init; }
    public TicketCategory? Category { get; init; }
    /// <summary>Customers may set closed and open (reopen); staff any.</summary>
    public TicketStatus? Status { get; init; }
    /// <summary>Staff only.</summary>
    public TicketPriority? Priority { get; init; }
    /// <summary>Staff only.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
    /// <summary>Staff only: a person of the operator; <see cref="Guid.Empty"/> takes the assignment away.</summary>
    public Guid? AssigneeId { get; init; }
    /// <summary>Staff only: a team of the staff; <see cref="Guid.Empty"/> takes the ticket from its team.</summary>
    public Guid? TeamId { get; init; }
}

/// <summary>A public message on a ticket.</summary>
public sealed record AddComment
{
    /// <summary>Markdown, 1–20,000 characters after trimming.</summary>
    public string? Body { get; init; }
    /// <summary>Staff only: the status the ticket takes with this reply, e.g. waiting-customer.</summary>
    public TicketStatus? Status { get; init; }
    /// <inheritdoc cref="OpenTicket.Attachments"/>
    [JsonIgnore]
    public IReadOnlyList<Guid> Attachments { get; init; } = [];
}

/// <summary>How the requester's side found the resolution.</summary>
public sealed record RateTicket
{
    /// <summary>1 (very bad) to 5 (very good).</summary>
    public int? Score { get; init; }
    /// <summary>Up to 2,000 characters.</summary>
    public string? Comment { get; init; }
}

/// <summary>A rating as it stands; a later one replaces it.</summary>
public sealed record TicketRating(int Score, string? Comment, PersonRef By, DateTimeOffset At);

public sealed record PersonRef(Guid Id, string Name);

public sealed record CommentAuthor(Guid? Id, string Name, ActorKind Kind);

/// <summary>A ticket as its GET returns it.</summary>
public sealed record TicketView
{
    public required Guid Id { get; init; }
    /// <summary>E.g. <c>ACME-1042</c>.</summary>
    public required string Number { get; init; }
    public required string Subject { get; init; }
    /// <summary>Markdown as written.</summary>
    public required string Description { get; init; }
    public required TicketPriority Priority { get; init; }
    public required TicketCategory Category { get; init; }
    public required TicketStatus Status { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required PersonRef Requester { get; init; }
    public PersonRef? Assignee { get; init; }
    /// <summary>The team of staff that has it, by the name it had then.</summary>
    public TeamRef? Team { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public required int CommentCount { get; init; }
    /// <summary>Grows with every change a customer can see; the ETag of the resource.</summary>
    public required int Version { get; init; }
    /// <summary>Since when the ticket waits for staff; null while it waits for the customer or is done.</summary>
    public DateTimeOffset? WaitingSince { get; init; }
    /// <summary>The number of the ticket this one was merged into and that carries on for it.</summary>
    public string? MergedInto { get; init; }
    /// <summary>When the next reply or the solution is due, whichever comes first; null while nothing is.</summary>
    public DateTimeOffset? NextDueAt { get; init; }
    /// <summary>How the customer found the resolution; null until somebody said.</summary>
    public TicketRating? Rating { get; init; }
    /// <summary>What a change to come can be taken back to; null unless read as a whole.</summary>
    internal TicketState? State { get; init; }
}

/// <summary>A comment as its GET returns it.</summary>
public sealed record CommentView
{
    public required Guid Id { get; init; }
    /// <summary>Markdown as written.</summary>
    public required string Body { get; init; }
    public required CommentAuthor Author { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A comment and the ticket it changed: the data of <c>ticket.commented</c>.</summary>
public sealed record CommentedTicket(TicketView Ticket, CommentView Comment);

public enum TimelineKind { Comment, Note, Event }

/// <summary>One entry of a ticket's history, oldest first.</summary>
public sealed record TimelineEntry
{
    public required Guid Id { get; init; }
    public required TimelineKind Kind { get; init; }
    public required DateTimeOffset At { get; init; }
    public required CommentAuthor Author { get; init; }
    /// <summary>Markdown of a comment or note; null for an event.</summary>
    public string? Body { get; init; }
    /// <summary>For an event.</summary>
    public TicketEventType? Type { get; init; }
    public TicketStatus? Status { get; init; }
    public TicketPriority? Priority { get; init; }
    public string? AssigneeName { get; init; }
    public string? TeamName { get; init; }
    /// <summary>The other ticket of a merge, link or split.</summary>
    public string? RelatedNumber { get; init; }
    /// <summary>1–5 of a rating.</summary>
    public int? Score { get; init; }
    /// <summary>The number of the merged ticket this was written on; null for the ticket's own.</summary>
    public string? From { get; init; }
    /// <summary>Files that came with a comment, with the description (on the created event), or by themselves.</summary>
    public IReadOnlyList<AttachmentView> Attachments { get; init; } = [];
}

public enum TicketSort
{
    Created,
    Updated,
    Priority,
    /// <summary>Longest waiting for staff first, then those that wait for the customer, then what is done.</summary>
    Waiting,
    /// <summary>Due next first, late ones before all, then those for which nothing is due.</summary>
    Due,
}

/// <summary>Which tickets, in which order. Empty lists mean "any".</summary>
public sealed record TicketQuery
{
    public IReadOnlyList<TicketStatus> Statuses { get; init; } = [];
    public IReadOnlyList<TicketPriority> Priorities { get; init; } = [];
    public IReadOnlyList<TicketCategory> Categories { get; init; } = [];
    /// <summary>Tickets that have every one of these.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    public Guid? RequesterId { get; init; }
    /// <summary><see cref="Guid.Empty"/> means unassigned.</summary>
    public Guid? AssigneeId { get; init; }
    /// <summary><see cref="Guid.Empty"/> means that no team has it.</summary>
    public Guid? TeamId { get; init; }
    public DateTimeOffset? UpdatedSince { get; init; }
    /// <summary>Number, or words in subject, text, comments and tags; up to 200 characters.</summary>
    public string? Text { get; init; }
    public TicketSort Sort { get; init; } = TicketSort.Created;
    /// <summary>1–100.</summary>
    public int Limit { get; init; } = 25;
    /// <summary>From <see cref="Kernel.Page{T}.NextCursor"/>; works with <see cref="TicketSort.Created"/> only.</summary>
    public string? Cursor { get; init; }
    /// <summary>1-based page for lists with page numbers; also fills the total. Null reads by cursor.</summary>
    public int? PageNumber { get; init; }

    /// <summary>No resolved and no closed ticket is asked for.</summary>
    internal bool IsUnfinished => Statuses.Count > 0 && !Statuses.Any(s => s.IsDone());

    /// <summary>All others are.</summary>
    internal bool IsAllUnfinished => IsUnfinished && Statuses.Distinct().Count() == Enum.GetValues<TicketStatus>().Length - 2;
}

/// <summary>How many tickets each tab of the customer's list holds.</summary>
public sealed record TicketCounts(int Recent, int Open, int WaitingForYou, int Mine, int Resolved, int Closed, int All);
