using SecureBase.Core.Support;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Support;

/// <summary>What the API's document says of tickets and comments.</summary>
internal static class SupportSchemas
{
    internal static IReadOnlyList<SchemaFact> All { get; } =
    [
        new(typeof(OpenTicket), "subject", "What it is about, in one line.") { Required = true, MinLength = TicketRules.SubjectMin, MaxLength = TicketRules.SubjectMax },
        new(typeof(OpenTicket), "description", "Markdown.") { MaxLength = TicketRules.DescriptionMax },
        new(typeof(OpenTicket), "priority", "medium, unless said otherwise. Only staff change it later."),
        new(typeof(OpenTicket), "category", "general, unless said otherwise."),
        new(typeof(OpenTicket), "tags", "Each 1 to 40 characters of a-z, 0-9, '-' and '.'.") { MaxItems = TicketRules.TagsMax },

        new(typeof(EditTicket), "subject", "What it is about, in one line.") { MinLength = TicketRules.SubjectMin, MaxLength = TicketRules.SubjectMax },
        new(typeof(EditTicket), "description", "Markdown.") { MaxLength = TicketRules.DescriptionMax },
        new(typeof(EditTicket), "status", "Customers: closed, or open to reopen. Staff: any."),
        new(typeof(EditTicket), "priority", "Staff only."),
        new(typeof(EditTicket), "tags", "Staff only.") { MaxItems = TicketRules.TagsMax },
        new(typeof(EditTicket), "assignee_id", "Staff only: a member of staff; the id of zeros takes the assignment away."),

        new(typeof(EditTicket), "team_id", "Staff only: a team of staff; the id of zeros takes the ticket from its team."),

        new(typeof(AddComment), "body", "Markdown.") { Required = true, MinLength = 1, MaxLength = TicketRules.CommentMax },
        new(typeof(AddComment), "status", "Staff only: the status the ticket takes with this reply."),

        new(typeof(TicketView), "number", "For people: unique in your organisation, never used again."),
        new(typeof(TicketView), "description", "Markdown as written."),
        new(typeof(TicketView), "assignee", "The member of staff who has it; absent while nobody has."),
        new(typeof(TicketView), "team", "The team of staff that has it; absent while none has."),
        new(typeof(TicketView), "resolved_at", "Absent unless it is resolved or closed."),
        new(typeof(TicketView), "version", "Grows with every change; the ETag."),
        new(typeof(TicketView), "waiting_since", "Since when it waits for staff; absent while it waits for you or is done."),
        new(typeof(TicketView), "merged_into", "The number of the ticket that carries on for this one; absent for all others."),
        new(typeof(TicketView), "next_due_at", "When our next reply or the solution is due, whichever comes first, as of the last change; absent while nothing is."),
        new(typeof(TicketView), "rating", "How you found the resolution; absent until somebody said."),
        new(typeof(RateTicket), "score", "1 (very bad) to 5 (very good).") { Required = true },
        new(typeof(RateTicket), "comment", "What you would add.") { MaxLength = TicketRules.RatingMax },
        new(typeof(CommentView), "body", "Markdown as written."),
    ];
}
