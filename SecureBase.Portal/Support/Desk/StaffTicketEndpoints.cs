using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Portal.Api;
using SecureBase.Portal.Support.Admin;

namespace SecureBase.Portal.Support.Desk;

/// <summary>
/// <c>/v1/admin/support/tickets</c>, for the operator's keys: the queue over all tenants, and work on one ticket of one tenant, whose
/// audit log says who came in.
/// </summary>
internal static class StaffTicketEndpoints
{
    internal const string Route = "/v1/admin/support/tickets";
    private const int DefaultLimit = 25;

    internal static void MapStaffTickets(this RouteGroupBuilder desk)
    {
        var tickets = desk.MapGroup("/tickets");

        tickets.MapGet("", ListAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ListQueue")
            .WithSummary("List tickets of all tenants")
            .WithDescription(
                "For the operator's keys. Filters combine; a filter with several values, separated by commas, takes any of them. Newest first, by cursor; another order is read by page and "
                + "says how many there are, counted no further than total_is_minimum says. Recorded in the operator's audit log, at most once per key and 15 minutes.")
            .TakesQuery("tenant", "Of any of these tenants.")
            .TakesQuery<TicketStatus>("status", "In any of these statuses.")
            .TakesQuery<TicketPriority>("priority", "Of any of these priorities.")
            .TakesQuery<TicketCategory>("category", "In any of these categories.")
            .TakesQuery("tag", "With all of these tags.")
            .TakesQuery("assignee", "Assigned to the member of staff of this id, or to nobody: none.", ParameterKind.Id)
            .TakesQuery("team", "Given to the team of this id, or to none: none.", ParameterKind.Id)
            .TakesQuery("needs_reply", "true for those that wait for staff alone.")
            .TakesQuery("q", "As in the tenant's own list; words are found by their beginning.")
            .TakesQuery<TicketSort>("sort", "created without it.")
            .TakesQuery("page", "From 1, for an order other than created.", ParameterKind.Number)
            .TakesPage()
            .Answers(200, "A page of the queue.", StaffDeskExamples.Queue);

        tickets.MapGet("/{tenant}/{id:guid}", GetAsync)
            .Needs(SupportPermissions.Work)
            .WithName("GetTicketAsStaff")
            .WithSummary("Read a ticket of a tenant")
            .WithDescription("For the operator's keys. Recorded in the tenant's own audit log, at most once per key and 15 minutes.")
            .Answers(200, "The ticket.", SupportExamples.Ticket, "ETag")
            .Answers(304, "The ticket is still the one named in If-None-Match.")
            .Refuses(404);

        tickets.MapPatch("/{tenant}/{id:guid}", EditAsync)
            .Needs(SupportPermissions.Work)
            .WithName("EditTicketAsStaff")
            .WithSummary("Assign, prioritise, tag or move a ticket")
            .WithDescription("For the operator's keys. Fields left out stay as they are; the id of zeros takes assignee or team away.")
            .TakesIfMatch()
            .WithRequestExample(StaffDeskExamples.Editing)
            .Answers(200, "The ticket as it is now.", StaffDeskExamples.EditedTicket, "ETag")
            .Refuses(404, 409, 412, 422, 428);

        tickets.MapPost("/{tenant}/{id:guid}/comments", CommentAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ReplyAsStaff")
            .WithSummary("Reply to the customer")
            .WithDescription("For the operator's keys. The customer reads it; status is what the ticket takes with it.")
            .TakesIdempotencyKey()
            .WithRequestExample(StaffDeskExamples.Replying)
            .Answers(201, "The comment.", StaffDeskExamples.Reply, Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        tickets.MapGet("/{tenant}/{id:guid}/notes", NotesAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ListNotes")
            .WithSummary("List a ticket's internal notes, oldest first")
            .WithDescription("For the operator's keys. With those of tickets merged into it; no customer reads them anywhere.")
            .Answers(200, "All notes.", StaffDeskExamples.Notes)
            .Refuses(404);

        tickets.MapPost("/{tenant}/{id:guid}/notes", NoteAsync)
            .Needs(SupportPermissions.Work)
            .WithName("AddNote")
            .WithSummary("Write an internal note")
            .WithDescription("For the operator's keys. The customer learns nothing of it. Closed tickets take notes too.")
            .TakesIdempotencyKey()
            .WithRequestExample(StaffDeskExamples.Noting)
            .Answers(201, "The note.", StaffDeskExamples.Note, Idempotency.ReplayedHeader)
            .Refuses(404, 422);
    }

    private static async Task<Results<Ok<Page<QueueItem>>, ProblemAnswer>> ListAsync(QueryValues query, StaffQueue queue, CancellationToken ct)
    {
        var sort = query.One<TicketSort>("sort") ?? TicketSort.Created;
        var filter = new QueueQuery
        {
            Tenants = query.Slugs("tenant"),
            NeedsReply = query.Flag("needs_reply"),
            Tickets = new TicketQuery
            {
                Statuses = query.Many<TicketStatus>("status"),
                Priorities = query.Many<TicketPriority>("priority"),
                Categories = query.Many<TicketCategory>("category"),
                Tags = [.. query.Texts("tag").Select(t => t.ToLowerInvariant()).Distinct()],
                AssigneeId = query.Id("assignee", none: "none"),
                TeamId = query.Id("team", none: "none"),
                Text = query.Text("q"),
                Sort = sort,
                Limit = query.Number("limit", DefaultLimit),
                Cursor = query.Text("cursor"),
                PageNumber = sort == TicketSort.Created ? null : query.Number("page", 1),
            },
        };
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await queue.ListAsync(filter, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<TicketView>, StatusCodeHttpResult, ProblemAnswer>> GetAsync(string tenant, Guid id, HttpContext http, StaffAccess access, CancellationToken ct)
    {
        var found = await access.InAsync(tenant, scope => scope.Tickets.GetAsync(id, ct), ct);
        if (!found.IsSuccess)
            return (ProblemAnswer)found.Error;
        EntityTags.Put(http.Response, found.Value.Version);
        return EntityTags.IsKnown(http.Request, found.Value.Version) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(found.Value);
    }

    private static async Task<Results<Ok<TicketView>, ProblemAnswer>> EditAsync(string tenant, Guid id, EditTicket request, HttpContext http, StaffAccess access, CancellationToken ct)
    {
        if (!IfMatch.TryRead(http.Request, out var condition, out var problem))
            return (ProblemAnswer)problem;
        return Answer(http, await access.InAsync(tenant, async scope =>
        {
            var expected = await condition.ExpectedAsync(async () => await scope.Tickets.GetAsync(id, ct) is { IsSuccess: true, Value: var current } ? current.Version : null);
            return await scope.Tickets.EditAsync(id, request, expected, ct);
        }, ct));
    }

    private static async Task<Results<Created<CommentView>, ProblemAnswer>> CommentAsync(string tenant, Guid id, AddComment request, HttpContext http, StaffAccess access, CancellationToken ct)
    {
        var commented = await access.OnceInAsync(http, tenant, scope => scope.Tickets.CommentAsync(id, request, ct), ct);
        return commented.IsSuccess ? TypedResults.Created((string?)null, commented.Value.Comment) : (ProblemAnswer)commented.Error;
    }

    private static async Task<Results<Ok<Page<CommentView>>, ProblemAnswer>> NotesAsync(string tenant, Guid id, StaffAccess access, StaffQueue queue, CancellationToken ct)
    {
        var notes = await access.InAsync(tenant, scope => ReadNotesAsync(scope, id, queue, ct), ct);
        return notes.IsSuccess ? TypedResults.Ok(new Page<CommentView>(notes.Value, null)) : (ProblemAnswer)notes.Error;
    }

    private static async Task<Results<Created<CommentView>, ProblemAnswer>> NoteAsync(string tenant, Guid id, AddNote request, HttpContext http, StaffAccess access, StaffQueue queue, CancellationToken ct)
    {
        var written = await access.OnceInAsync(http, tenant, scope => scope.Tickets.NoteAsync(id, request.Body, ct), ct);
        if (!written.IsSuccess)
            return (ProblemAnswer)written.Error;
        // Read back, because only the staff role can.
        var notes = await access.InAsync(tenant, scope => ReadNotesAsync(scope, id, queue, ct), ct);
        return notes.IsSuccess ? TypedResults.Created((string?)null, notes.Value.Single(n => n.Id == written.Value)) : (ProblemAnswer)notes.Error;
    }

    private static async Task<Result<IReadOnlyList<CommentView>>> ReadNotesAsync(StaffScope scope, Guid id, StaffQueue queue, CancellationToken ct)
    {
        var ticket = await scope.Tickets.GetAsync(id, ct);
        if (!ticket.IsSuccess)
            return ticket.Error;
        var notes = await queue.NotesAsync(scope.Tenant.Id, id, ct);
        return notes.IsSuccess
            ? Result<IReadOnlyList<CommentView>>.Success([.. notes.Value.Select(n => new CommentView { Id = n.Id, Body = n.Body ?? "", Author = n.Author, CreatedAt = n.At })])
            : notes.Error;
    }

    internal static Results<Ok<TicketView>, ProblemAnswer> Answer(HttpContext http, Result<TicketView> changed)
    {
        if (!changed.IsSuccess)
            return (ProblemAnswer)changed.Error;
        EntityTags.Put(http.Response, changed.Value.Version);
        return TypedResults.Ok(changed.Value);
    }

    /// <summary>Does one thing inside a tenant once per Idempotency-Key; it is remembered in the transaction of the change, and so in that tenant.</summary>
    internal static Task<Result<T>> OnceInAsync<T>(this StaffAccess access, HttpContext http, string tenant, Func<StaffScope, Task<Result<T>>> work, CancellationToken ct) =>
        access.InAsync(tenant, scope => scope.Services.GetRequiredService<Idempotency>().OnceAsync(http, () => work(scope), ct), ct);
}
