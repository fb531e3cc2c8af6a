using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>What the support desk tells the outside world.</summary>
public static class SupportEventTypes
{
    public static readonly EventType Created = EventType.Of(SupportEvents.Created, "A ticket was opened.", () => Example(TicketStatus.Open));

    public static readonly EventType Updated = EventType.Of(SupportEvents.Updated,
        "A ticket changed: its status, priority, category, assignee, tags, files, rating or a relation to another ticket. A resolution or reopening sends its own event as well.",
        () => Example(TicketStatus.InProgress));

    public static readonly EventType Commented = EventType.Of(SupportEvents.Commented,
        "Somebody wrote a public message on a ticket. Data is the ticket after it and the comment.", () => new CommentedTicket(Example(TicketStatus.WaitingCustomer), ExampleComment()));

    public static readonly EventType Resolved = EventType.Of(SupportEvents.Resolved, "A ticket was resolved.", () => Example(TicketStatus.Resolved) with { ResolvedAt = At(16, 20) });

    public static readonly EventType Reopened = EventType.Of(SupportEvents.Reopened, "A resolved or closed ticket is open again.", () => Example(TicketStatus.Open));

    public static readonly EventType SlaWarning = EventType.Of(SupportEvents.SlaWarning,
        "A promised time is nearly used up: 75 % of it, or 15 minutes before its end, whichever comes first. Once per clock and cycle.",
        () => Example(TicketStatus.Open) with { NextDueAt = At(12, 30) });

    public static readonly EventType SlaBreached = EventType.Of(SupportEvents.SlaBreached,
        "A promised time has passed without what was promised. Once per clock and cycle.", () => Example(TicketStatus.Open) with { NextDueAt = At(12, 30) });

    private static DateTimeOffset At(int hour, int minute) => new(2026, 11, 18, hour, minute, 0, TimeSpan.Zero);

    private static TicketView Example(TicketStatus status) => new()
    {
        Id = new Guid("019a9a5e-6f00-7c41-9d52-3b1f6a0c8e11"),
        Number = "ACME-1042",
        Subject = "Payout file is rejected by the ledger",
        Description = "Since this morning every payout file ends with **E-412**.",
        Priority = TicketPriority.High,
        Category = TicketCategory.Technical,
        Status = status,
        Tags = ["ledger"],
        Requester = new PersonRef(new Guid("019a8f10-2c00-7a09-8f3e-5d2b9c7e4a01"), "Jana Keller"),
        Assignee = status == TicketStatus.Open ? null : new PersonRef(new Guid("019a1b00-1100-7d5c-b2a1-0f9e8d7c6b02"), "Ines Marlow"),
        CreatedAt = At(11, 30),
        UpdatedAt = At(11, 58),
        CommentCount = 2,
        Version = 4,
    };

    private static CommentView ExampleComment() => new()
    {
        Id = new Guid("019a9a77-1a00-7e20-a4c7-91d2e3f40512"),
        Body = "We have found the cause. Please send the file once more.",
        Author = new CommentAuthor(new Guid("019a1b00-1100-7d5c-b2a1-0f9e8d7c6b02"), "Ines Marlow", ActorKind.Agent),
        CreatedAt = At(11, 58),
    };
}
