using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Support;

/// <summary><c>/v1/support/tickets</c>: binds, calls <see cref="TicketService"/>, answers.</summary>
internal static class SupportEndpoints
{
    private const string Route = "/v1/support/tickets";
    private const int DefaultLimit = 25;

    internal static IServiceCollection AddSupportApi(this IServiceCollection services)
    {
        foreach (var fact in SupportSchemas.All)
            services.AddSingleton(fact);
        return services;
    }

    internal static void MapSupport(this RouteGroupBuilder v1)
    {
        var tickets = v1.MapGroup("/support/tickets").WithTags("Support");

        tickets.MapPost("", OpenAsync)
            .Needs(SupportPermissions.Create)
            .WithName("OpenTicket")
            .WithSummary("Open a ticket")
            .WithDescription("Only the subject is needed. The key's service person is the requester.")
            .TakesIdempotencyKey()
            .WithRequestExample(SupportExamples.Opening)
            .Answers(201, "The ticket, at the address in Location.", SupportExamples.Ticket, "Location", "ETag", Idempotency.ReplayedHeader)
            .Refuses(409, 422, 429);

        tickets.MapGet("", ListAsync)
            .Needs(SupportPermissions.Read)
            .WithName("ListTickets")
            .WithSummary("List tickets, newest first")
            .WithDescription("Filters combine; a filter with several values, separated by commas, takes any of them.")
            .TakesQuery<TicketStatus>("status", "In any of these statuses.")
            .TakesQuery<TicketPriority>("priority", "Of any of these priorities.")
            .TakesQuery<TicketCategory>("category", "In any of these categories.")
            .TakesQuery("tag", "With all of these tags.")
            .TakesQuery("assignee", "Assigned to the member of staff of this id, or to nobody: none.", ParameterKind.Id)
            .TakesQuery("q", "Words and \"phrases\" in number, subject, description, comments or tags, all of which must be found; also tag:, status:, assignee:, team:, priority: and category:. Up to 200 characters.")
            .TakesPage()
            .Answers(200, "A page of tickets.", SupportExamples.Tickets);

        tickets.MapGet("/{id:guid}", GetAsync)
            .Needs(SupportPermissions.Read)
            .WithName("GetTicket")
            .WithSummary("Read a ticket")
            .Answers(200, "The ticket.", SupportExamples.Ticket, "ETag")
            .Answers(304, "The ticket is still the one named in If-None-Match.")
            .Refuses(404);

        tickets.MapPatch("/{id:guid}", EditAsync)
            .Needs(SupportPermissions.Edit)
            .WithName("EditTicket")
            .WithSummary("Change, close or reopen a ticket")
            .WithDescription(
                "Fields left out stay as they are. A customer changes subject, description and category, sets the status closed, or reopens with open within 14 days of resolution; "
                + "priority, tags, assignee and the other statuses are for the provider's staff.")
            .TakesIfMatch()
            .WithRequestExample(SupportExamples.Closing)
            .Answers(200, "The ticket as it is now.", SupportExamples.ClosedTicket, "ETag")
            .Refuses(404, 409, 412, 422, 428);

        tickets.MapPost("/{id:guid}/comments", CommentAsync)
            .Needs(SupportPermissions.Comment)
            .WithName("AddComment")
            .WithSummary("Write on a ticket")
            .WithDescription("A comment on a resolved or waiting ticket opens it again; a closed one takes none.")
            .TakesIdempotencyKey()
            .WithRequestExample(SupportExamples.Commenting)
            .Answers(201, "The comment, at the address in Location.", SupportExamples.Comment, "Location", Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        tickets.MapGet("/{id:guid}/comments", CommentsAsync)
            .Needs(SupportPermissions.Read)
            .WithName("ListComments")
            .WithSummary("List a ticket's comments, oldest first")
            .TakesPage()
            .Answers(200, "A page of comments.", SupportExamples.Comments)
            .Refuses(404);

        tickets.MapPut("/{id:guid}/rating", RateAsync)
            .Needs(SupportPermissions.Rate)
            .WithName("RateTicket")
            .WithSummary("Rate a resolution")
            .WithDescription("On a resolved or closed ticket. Sent again, it replaces the earlier rating.")
            .WithRequestExample(SupportExamples.Rating)
            .Answers(200, "The ticket with its rating.", SupportExamples.RatedTicket, "ETag")
            .Refuses(404, 409, 422);

        tickets.MapGet("/{id:guid}/comments/{commentId:guid}", CommentByIdAsync)
            .Needs(SupportPermissions.Read)
            .WithName("GetComment")
            .WithSummary("Read a comment")
            .Answers(200, "The comment.", SupportExamples.Comment)
            .Refuses(404);
    }

    private static async Task<Results<Created<TicketView>, ProblemAnswer>> OpenAsync(
        OpenTicket request, HttpContext http, TicketService tickets, Idempotency once, CancellationToken ct)
    {
        var opened = await once.OnceAsync(http, () => tickets.OpenAsync(request, ct), ct);
        if (!opened.IsSuccess)
            return (ProblemAnswer)opened.Error;
        EntityTags.Put(http.Response, opened.Value.Version);
        return TypedResults.Created($"{Route}/{opened.Value.Id}", opened.Value);
    }

    private static async Task<Results<Ok<Page<TicketView>>, ProblemAnswer>> ListAsync(QueryValues query, TicketService tickets, CancellationToken ct)
    {
        var filter = new TicketQuery
        {
            Statuses = query.Many<TicketStatus>("status"),
            Priorities = query.Many<TicketPriority>("priority"),
            Categories = query.Many<TicketCategory>("category"),
            Tags = [.. query.Texts("tag").Select(t => t.ToLowerInvariant()).Distinct()],
            AssigneeId = query.Id("assignee", none: "none"),
            Text = query.Text("q"),
            Limit = query.Number("limit", DefaultLimit),
            Cursor = query.Text("cursor"),
        };
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await tickets.ListAsync(filter, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<TicketView>, StatusCodeHttpResult, ProblemAnswer>> GetAsync(Guid id, HttpContext http, TicketService tickets, CancellationToken ct)
    {
        var found = await tickets.GetAsync(id, ct);
        if (!found.IsSuccess)
            return (ProblemAnswer)found.Error;
        EntityTags.Put(http.Response, found.Value.Version);
        return EntityTags.IsKnown(http.Request, found.Value.Version) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(found.Value);
    }

    private static async Task<Results<Ok<TicketView>, ProblemAnswer>> EditAsync(Guid id, EditTicket request, HttpContext http, TicketService tickets, CancellationToken ct)
    {
        if (!IfMatch.TryRead(http.Request, out var condition, out var problem))
            return (ProblemAnswer)problem;
        var expected = await condition.ExpectedAsync(async () => await tickets.GetAsync(id, ct) is { IsSuccess: true, Value: var current } ? current.Version : null);
        var edited = await tickets.EditAsync(id, request, expected, ct);
        if (!edited.IsSuccess)
            return (ProblemAnswer)edited.Error;
        EntityTags.Put(http.Response, edited.Value.Version);
        return TypedResults.Ok(edited.Value);
    }

    private static async Task<Results<Ok<TicketView>, ProblemAnswer>> RateAsync(Guid id, RateTicket request, HttpContext http, TicketService tickets, CancellationToken ct)
    {
        var rated = await tickets.RateAsync(id, request, ct);
        if (!rated.IsSuccess)
            return (ProblemAnswer)rated.Error;
        EntityTags.Put(http.Response, rated.Value.Version);
        return TypedResults.Ok(rated.Value);
    }

    private static async Task<Results<Created<CommentView>, ProblemAnswer>> CommentAsync(
        Guid id, AddComment request, HttpContext http, TicketService tickets, Idempotency once, CancellationToken ct)
    {
        var commented = await once.OnceAsync(http, () => tickets.CommentAsync(id, request, ct), ct);
        return commented.IsSuccess
            ? TypedResults.Created($"{Route}/{id}/comments/{commented.Value.Comment.Id}", commented.Value.Comment)
            : (ProblemAnswer)commented.Error;
    }

    private static async Task<Results<Ok<Page<CommentView>>, ProblemAnswer>> CommentsAsync(Guid id, QueryValues query, TicketService tickets, CancellationToken ct)
    {
        var (limit, cursor) = (query.Number("limit", DefaultLimit), query.Text("cursor"));
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await tickets.CommentsAsync(id, limit, cursor, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<CommentView>, ProblemAnswer>> CommentByIdAsync(Guid id, Guid commentId, TicketService tickets, CancellationToken ct)
    {
        var comment = await tickets.CommentAsync(id, commentId, ct);
        return comment.IsSuccess ? TypedResults.Ok(comment.Value) : (ProblemAnswer)comment.Error;
    }
}
