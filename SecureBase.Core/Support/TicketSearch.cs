using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Search;

namespace SecureBase.Core.Support;

/// <summary>Turns a <see cref="TicketQuery"/> into SQL. Works on a tenant's tickets and on the staff view alike.</summary>
internal static class TicketSearch
{
    internal static Error? Validate(TicketQuery query)
    {
        List<FieldError> errors = [];
        if (query.Limit is < 1 or > 100)
            errors.Add(new("limit", "The limit is 1 to 100."));
        if (query.Text?.Length > TicketRules.SearchMax)
            errors.Add(new("q", $"Search for up to {TicketRules.SearchMax} characters."));
        if (query.Text?.Contains('\0', StringComparison.Ordinal) == true)
            errors.Add(new("q", "The search text contains a NUL character: take it out."));
        if (query.Tags.Count > TicketRules.TagsMax || query.Tags.Any(t => !TicketRules.IsTag(t)))
            errors.Add(new("tag", $"Up to {TicketRules.TagsMax} tags, each 1 to {TicketRules.TagMax} characters of a-z, 0-9, '-' and '.'."));
        if (query.Cursor is not null && !Cursor.TryParse(query.Cursor, out _))
            errors.Add(new("cursor", "This is no cursor of ours: take next_cursor from the previous page, unchanged."));
        if (query.Cursor is not null && query.Sort != TicketSort.Created)
            errors.Add(new("cursor", "A cursor works with the order of creation only."));
        if (query.PageNumber is < 1 or > 100_000)
            errors.Add(new("page", "Pages are numbered from 1."));
        return errors.Count > 0 ? Error.Invalid(errors) : null;
    }

    /// <param name="me">Whom <c>assignee:me</c> means.</param>
    /// <param name="indexed">The staff role's context, whose words are found by index; null within one tenant.</param>
    internal static IQueryable<Ticket> Where(this IQueryable<Ticket> tickets, TicketQuery query, Guid me, SecureBaseDb? indexed = null)
    {
        // Unfinished tickets are asked for in the very words of the partial indexes that hold them in order.
        if (query.IsUnfinished)
            tickets = tickets.Where(t => t.Status != TicketStatus.Resolved && t.Status != TicketStatus.Closed);
        if (query.Statuses.Count > 0 && !query.IsAllUnfinished)
            tickets = tickets.Where(t => query.Statuses.Contains(t.Status));
        // Such tickets wait for nobody here, by the rules of Ticket; said, it spares walking past all that do.
        if (query.Sort == TicketSort.Waiting && query.Statuses is [TicketStatus.WaitingCustomer])
            tickets = tickets.Where(t => t.WaitingSince == null);
        if (query.Priorities.Count > 0)
            tickets = tickets.Where(t => query.Priorities.Contains(t.Priority));
        if (query.Categories.Count > 0)
            tickets = tickets.Where(t => query.Categories.Contains(t.Category));
        foreach (var tag in query.Tags)
            tickets = tickets.Where(t => t.Tags.Contains(tag));
        if (query.RequesterId is { } requester)
            tickets = tickets.Where(t => t.RequesterId == requester);
        if (query.AssigneeId is { } assignee)
            tickets = assignee == Guid.Empty ? tickets.Where(t => t.AssigneeId == null) : tickets.Where(t => t.AssigneeId == assignee);
        if (query.TeamId is { } team)
        {
            // One that was reopened after its team was deleted is nobody's.
            tickets = team != Guid.Empty ? tickets.Where(t => t.TeamId == team)
                : indexed is null ? tickets.Where(t => t.TeamId == null)
                : tickets.Where(t => t.TeamId == null || !indexed.SupportTeams.Any(known => known.Id == t.TeamId));
        }
        if (query.UpdatedSince?.ToUniversalTime() is { } since)
            tickets = tickets.Where(t => t.UpdatedAt >= since);
        return tickets.Where(SearchText.Parse(query.Text), me, indexed);
    }

    private static IQueryable<Ticket> Where(this IQueryable<Ticket> tickets, SearchText search, Guid me, SecureBaseDb? indexed)
    {
        if (search.Statuses.Count > 0)
            tickets = tickets.Where(t => search.Statuses.Contains(t.Status));
        if (search.Priorities.Count > 0)
            tickets = tickets.Where(t => search.Priorities.Contains(t.Priority));
        if (search.Categories.Count > 0)
            tickets = tickets.Where(t => search.Categories.Contains(t.Category));
        foreach (var tag in search.Tags)
            tickets = tickets.Where(t => t.Tags.Contains(tag));
        if (search.Unassigned || search.Assignees.Count > 0)
        {
            var (unassigned, mine) = (search.Unassigned, search.Assignees.Contains(SearchText.Me));
            var names = search.Assignees.Where(a => a != SearchText.Me).Select(LikePattern.Containing).ToArray();
            tickets = tickets.Where(t => (unassigned && t.AssigneeId == null) || (mine && t.AssigneeId == me) || names.Any(n => EF.Functions.ILike(t.AssigneeName!, n, "\\")));
        }
        if (search.Teamless || search.Teams.Count > 0)
        {
            var (teamless, teams) = (search.Teamless, search.Teams.Select(LikePattern.Containing).ToArray());
            tickets = tickets.Where(t => (teamless && t.TeamId == null) || teams.Any(n => EF.Functions.ILike(t.TeamName!, n, "\\")));
        }
        foreach (var term in search.Terms)
            tickets = indexed is null ? tickets.Containing(term) : tickets.ContainingByIndex(term, indexed);
        return tickets;
    }

    // Within a tenant, whose rows are few: any part of any text.
    private static IQueryable<Ticket> Containing(this IQueryable<Ticket> tickets, SearchTerm term)
    {
        var (pattern, tag) = (LikePattern.Containing(term.Text), term.Text.ToLowerInvariant());
        var number = SearchText.NumberIn(term.Text) is { } wanted ? LikePattern.Containing(wanted) : pattern;
        return tickets.Where(t =>
            EF.Functions.ILike(t.Number, number, "\\") || EF.Functions.ILike(t.Subject, pattern, "\\") || EF.Functions.ILike(t.Description, pattern, "\\")
            || t.Tags.Contains(tag) || t.Comments.Any(c => EF.Functions.ILike(c.Body, pattern, "\\")));
    }

    // Over all tenants: words by their beginning. What holds no letter or digit narrows nothing there.
    private static IQueryable<Ticket> ContainingByIndex(this IQueryable<Ticket> tickets, SearchTerm term, SecureBaseDb db) =>
        IndexedWords.Containing(db, term) is { } ids ? tickets.Where(t => ids.Contains(t.Id)) : tickets;

    /// <summary>Whether the order is that of an index, so that its first rows are found without reading all others.</summary>
    internal static bool IsIndexed(this TicketQuery query) => query is { IsUnfinished: true, Sort: TicketSort.Waiting or TicketSort.Due };

    internal static IQueryable<Ticket> Order(this IQueryable<Ticket> tickets, TicketQuery query) => query.IsIndexed() ? tickets.OrderUnfinished(query.Sort) : tickets.Order(query.Sort);

    // As the indexes of the migration QueueOrder have it. PostgreSQL puts null behind every time by itself.
    private static IQueryable<Ticket> OrderUnfinished(this IQueryable<Ticket> tickets, TicketSort sort) =>
        (sort == TicketSort.Due ? tickets.OrderBy(t => t.NextDueAt) : tickets.OrderBy(t => t.WaitingSince)).ThenByDescending(t => t.UpdatedAt).ThenByDescending(t => t.Id);

    private static IQueryable<Ticket> Order(this IQueryable<Ticket> tickets, TicketSort sort) => sort switch
    {
        TicketSort.Updated => tickets.OrderByDescending(t => t.UpdatedAt).ThenByDescending(t => t.Id),
        TicketSort.Priority => tickets.OrderBy(Rank).ThenByDescending(t => t.UpdatedAt).ThenByDescending(t => t.Id),
        TicketSort.Due => tickets.OrderBy(t => t.NextDueAt).ThenBy(t => t.Status == TicketStatus.Resolved || t.Status == TicketStatus.Closed).ThenByDescending(t => t.UpdatedAt).ThenByDescending(t => t.Id),
        TicketSort.Waiting => tickets.OrderBy(t => t.WaitingSince).ThenBy(t => t.Status == TicketStatus.Resolved || t.Status == TicketStatus.Closed).ThenByDescending(t => t.UpdatedAt).ThenByDescending(t => t.Id),
        _ => tickets.OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id),
    };

    internal static IQueryable<Ticket> After(this IQueryable<Ticket> tickets, string? cursor) => Cursor.TryParse(cursor, out var from)
        ? tickets.Where(t => t.CreatedAt < from.At || (t.CreatedAt == from.At && t.Id.CompareTo(from.Id) < 0))
        : tickets;

    private static System.Linq.Expressions.Expression<Func<Ticket, int>> Rank => t =>
        t.Priority == TicketPriority.Critical ? 0 : t.Priority == TicketPriority.High ? 1 : t.Priority == TicketPriority.Medium ? 2 : 3;
}
