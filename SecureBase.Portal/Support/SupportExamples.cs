using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Support;

/// <summary>The examples of the API's document: one ticket's life, from opening to closing.</summary>
internal static class SupportExamples
{
    private static readonly DateTimeOffset Opened = new(2026, 11, 24, 9, 12, 40, TimeSpan.Zero);

    internal static OpenTicket Opening { get; } = new()
    {
        Subject = "Egress charges doubled since Friday",
        Description = "Account `prod-eu-1` shows twice the usual egress. Nothing was deployed.",
        Priority = TicketPriority.High,
        Category = TicketCategory.Billing,
        Tags = ["egress", "prod-eu-1"],
    };

    internal static EditTicket Closing { get; } = new() { Status = TicketStatus.Closed };

    internal static AddComment Commenting { get; } = new() { Body = "The flow logs are attached to the bucket you named." };

    internal static TicketView Ticket { get; } = new()
    {
        Id = new Guid("0193591e-07c0-7b12-9d2f-5a1c7f6f3c11"),
        Number = "ACME-1042",
        Subject = Opening.Subject!,
        Description = Opening.Description!,
        Priority = TicketPriority.High,
        Category = TicketCategory.Billing,
        Status = TicketStatus.Open,
        Tags = Opening.Tags!,
        Requester = new PersonRef(new Guid("01935900-52a0-7d4e-8f10-2b1d4c5e6f70"), "ci"),
        CreatedAt = Opened,
        UpdatedAt = Opened,
        CommentCount = 0,
        Version = 1,
        WaitingSince = Opened,
        NextDueAt = Opened.AddHours(4),
    };

    internal static TicketView ClosedTicket { get; } = Ticket with
    {
        Status = TicketStatus.Closed,
        UpdatedAt = Opened.AddHours(5),
        ResolvedAt = Opened.AddHours(5),
        CommentCount = 1,
        Version = 3,
        WaitingSince = null,
        NextDueAt = null,
    };

    internal static RateTicket Rating { get; } = new() { Score = 5, Comment = "Quick, and the cause was explained." };

    internal static TicketView RatedTicket { get; } = ClosedTicket with { Version = 4, Rating = new TicketRating(5, Rating.Comment, Ticket.Requester, Opened.AddHours(6)) };

    internal static CommentView Comment { get; } = new()
    {
        Id = new Guid("0193592b-6d40-7c55-a1b0-93d7e2f48a21"),
        Body = Commenting.Body!,
        Author = new CommentAuthor(Ticket.Requester.Id, Ticket.Requester.Name, ActorKind.Customer),
        CreatedAt = Opened.AddMinutes(15),
    };

    internal static object File { get; } = new { Account = "prod-eu-1", FlowLogs = "10.4.0.17 to 52.94.133.2, ACCEPT, 88124 bytes" };

    internal static AttachmentView Attachment { get; } = new()
    {
        Id = new Guid("0193592c-9a10-7e21-8b42-6c1f0e9d7a33"),
        Name = "flow-logs.json",
        ContentType = "application/json",
        Size = 48_213,
        Sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        State = AttachmentState.Clean,
        ScannedAt = Opened.AddMinutes(15),
        CommentId = Comment.Id,
        Uploader = Comment.Author,
        CreatedAt = Comment.CreatedAt,
    };

    internal static Page<AttachmentView> Attachments { get; } = new([Attachment], null);

    internal static Page<TicketView> Tickets { get; } = new([Ticket], new Cursor(Ticket.CreatedAt, Ticket.Id).ToString());

    internal static Page<CommentView> Comments { get; } = new([Comment], null);
}
