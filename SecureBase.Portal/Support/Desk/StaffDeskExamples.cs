using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Macros;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Support.Views;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Support.Desk;

/// <summary>The examples of the API's document: the ticket of <see cref="SupportExamples"/> as staff work on it.</summary>
internal static class StaffDeskExamples
{
    private static readonly TicketView Opened = SupportExamples.Ticket;

    private static readonly PersonRef Priya = new(new Guid("01935a10-1c00-7a11-8e22-7d1f6c5b4a39"), "Priya Nair");

    private static readonly TeamRef Network = new(new Guid("01935a10-2d00-7b22-9f33-8e2a7d6c5b40"), "Network");

    internal static Page<QueueItem> Queue { get; } = new(
        [new QueueItem(Opened, new Guid("0193591d-0000-7a00-8b00-9c0d1e2f3a4b"), "acme", "Acme Payments", Plan.Healthcare)], new Cursor(Opened.CreatedAt, Opened.Id).ToString());

    internal static EditTicket Editing { get; } = new() { Priority = TicketPriority.Critical, Tags = ["egress"], Status = TicketStatus.InProgress };

    internal static TicketView EditedTicket { get; } = Opened with
    {
        Priority = TicketPriority.Critical, Tags = Editing.Tags!, Status = TicketStatus.InProgress, Assignee = Priya, Team = Network, Version = 2, UpdatedAt = Opened.CreatedAt.AddMinutes(4),
    };

    internal static AddComment Replying { get; } = new() { Body = "Which bucket holds the flow logs?", Status = TicketStatus.WaitingCustomer };

    internal static CommentView Reply { get; } = new()
    {
        Id = new Guid("0193592b-7e51-7d66-b2c1-a4e8f3059b32"), Body = Replying.Body!, Author = new CommentAuthor(Priya.Id, Priya.Name, ActorKind.Agent), CreatedAt = Opened.CreatedAt.AddMinutes(8),
    };

    internal static AddNote Noting { get; } = new() { Body = "The new NAT gateway was rolled out on Friday; see the change log." };

    internal static CommentView Note { get; } = Reply with { Id = new Guid("0193592b-8f62-7e77-83d2-b5f9041a6c43"), Body = Noting.Body! };

    internal static Page<CommentView> Notes { get; } = new([Note], null);

    internal static LinkTicket Linking { get; } = new() { Number = "ACME-1043" };

    internal static MergeTicket Merging { get; } = new() { Into = "ACME-1043" };

    internal static SplitTicket Splitting { get; } = new() { Subject = "Invoice of October is missing" };

    internal static TicketView SplitTicket { get; } = Opened with
    {
        Id = new Guid("01935931-0a70-7c88-94e3-c60a152b7d54"), Number = "ACME-1044", Subject = Splitting.Subject!, CreatedAt = Opened.CreatedAt.AddMinutes(20), UpdatedAt = Opened.CreatedAt.AddMinutes(20),
    };

    internal static Page<RelatedTicket> Related { get; } = new([new RelatedTicket(TicketRelation.SplitInto, SplitTicket, null)], null);

    internal static ChangeTickets ChangingSeveral { get; } = new()
    {
        Tickets = [new TicketAddress { Tenant = "acme", Id = Opened.Id }], Change = new TicketsChange { Priority = TicketPriority.High, AddTags = ["incident-7"] },
    };

    internal static BulkOutcomes Outcomes { get; } = new(
        [new TicketOutcome { Tenant = "acme", Id = Opened.Id, Changed = true, Version = 3, Undo = new EditTicket { Priority = TicketPriority.Critical, Tags = ["egress"] } }]);

    internal static Page<PersonRef> Staff { get; } = new([Priya], null);

    internal static SaveMacro Macro { get; } = new() { Name = "Ask for flow logs", Body = "Hello {{requester.first_name}}, please attach the flow logs of {{ticket.number}}.", Status = TicketStatus.WaitingCustomer, Tags = ["egress"] };

    internal static MacroView SavedMacro { get; } = new()
    {
        Id = new Guid("01935a11-3e00-7c33-8a44-9f3b8e7d6c51"), Name = Macro.Name!, Body = Macro.Body!, Status = Macro.Status, Tags = Macro.Tags!, UpdatedBy = Priya.Name, UpdatedAt = Opened.CreatedAt, Version = 1,
    };

    internal static Page<MacroView> Macros { get; } = new([SavedMacro], null);

    internal static SaveQueueView View { get; } = new() { Name = "Egress", Filter = "view=all&tag=egress" };

    internal static SavedViewSummary SavedView { get; } = new(new Guid("01935a12-4f00-7d44-9b55-a04c9f8e7d62"), View.Name!, View.Filter!, IsShared: false, IsMine: true, Priya.Name, 1);

    internal static Page<SavedViewSummary> Views { get; } = new([SavedView], null);

    internal static SaveTeam Team { get; } = new() { Name = Network.Name, Purpose = "Peering, gateways and egress", Members = [] };

    internal static SupportTeamView SavedTeam { get; } = new() { Id = Network.Id, Name = Network.Name, Purpose = Team.Purpose!, Members = [Priya], UpdatedBy = "Lena Ort", UpdatedAt = Opened.CreatedAt, Version = 1 };

    internal static Page<SupportTeamView> Teams { get; } = new([SavedTeam], null);
}
