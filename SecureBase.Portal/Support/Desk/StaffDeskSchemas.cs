using SecureBase.Core.Support;
using SecureBase.Core.Support.Bulk;
using SecureBase.Core.Support.Macros;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Support.Views;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Support.Desk;

/// <summary>What the API's document says of the staff's work.</summary>
internal static class StaffDeskSchemas
{
    internal static IReadOnlyList<SchemaFact> All { get; } =
    [
        new(typeof(AddNote), "body", "Markdown.") { Required = true, MinLength = 1, MaxLength = TicketRules.CommentMax },
        new(typeof(LinkTicket), "number", "The other ticket, of the same tenant.") { Required = true },
        new(typeof(MergeTicket), "into", "The number of the ticket that carries on, of the same tenant.") { Required = true },
        new(typeof(SplitTicket), "comment_id", "The message that becomes a ticket; the description without it."),
        new(typeof(SplitTicket), "subject", "The new ticket's subject.") { Required = true, MinLength = TicketRules.SubjectMin, MaxLength = TicketRules.SubjectMax },
        new(typeof(TicketAddress), "tenant", "The tenant's slug.") { Required = true },
        new(typeof(TicketAddress), "id", "The ticket's id.") { Required = true },
        new(typeof(ChangeTickets), "tickets", "Each once.") { Required = true, MaxItems = BulkService.Most },
        new(typeof(ChangeTickets), "change", "What is left out stays as it is."),
        new(typeof(TicketsChange), "assignee_id", "A member of staff; the id of zeros takes the assignment away."),
        new(typeof(TicketsChange), "team_id", "A team of staff; the id of zeros takes the tickets from their teams."),
        new(typeof(TicketOutcome), "version", "The ticket's version after the change; absent when it could not be changed."),
        new(typeof(TicketOutcome), "undo", "What takes the change back; absent when nothing was changed."),
        new(typeof(TicketOutcome), "code", "Why it could not be changed; absent otherwise."),
        new(typeof(RelatedTicket), "link_id", "What takes the link away; absent for what is no plain link."),
        new(typeof(SaveMacro), "name", "Unique.") { Required = true, MinLength = 1, MaxLength = MacroService.NameMax },
        new(typeof(SaveMacro), "body", "Markdown with placeholders.") { Required = true, MinLength = 1, MaxLength = TicketRules.CommentMax },
        new(typeof(SaveMacro), "status", "The status a ticket takes with the reply; never closed."),
        new(typeof(SaveMacro), "tags", "Added to the ticket with the reply.") { MaxItems = TicketRules.TagsMax },
        new(typeof(SaveQueueView), "name", "Unique among one's own, or among the shared ones.") { Required = true, MinLength = 1, MaxLength = SavedViewService.NameMax },
        new(typeof(SaveQueueView), "filter", "The query of the queue's page.") { MaxLength = SavedViewService.FilterMax },
        new(typeof(SaveQueueView), "is_shared", "Seen by all staff."),
        new(typeof(SaveTeam), "name", "Unique.") { Required = true, MinLength = 1, MaxLength = SupportTeamService.NameMax },
        new(typeof(SaveTeam), "purpose", "In one line.") { MaxLength = SupportTeamService.PurposeMax },
        new(typeof(SaveTeam), "members", "Ids of members of staff.") { MaxItems = SupportTeamService.MembersMax },
        new(typeof(SupportTeamView), "version", "Grows with every change; the ETag."),
    ];
}
