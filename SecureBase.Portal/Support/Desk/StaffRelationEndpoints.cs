using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Bulk;
using SecureBase.Core.Support.Relations;
using SecureBase.Portal.Api;
using SecureBase.Portal.Support.Admin;

namespace SecureBase.Portal.Support.Desk;

/// <summary>Merging, linking and splitting tickets, and changing several at once, for the operator's keys.</summary>
internal static class StaffRelationEndpoints
{
    internal static void MapStaffRelations(this RouteGroupBuilder desk)
    {
        var ticket = desk.MapGroup("/tickets/{tenant}/{id:guid}");

        ticket.MapGet("/related", ListAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ListRelatedTickets")
            .WithSummary("List the tickets that belong to a ticket")
            .WithDescription("For the operator's keys. Merged ones first, then linked and split ones.")
            .Answers(200, "All of them.", StaffDeskExamples.Related)
            .Refuses(404);

        ticket.MapPost("/links", LinkAsync)
            .Needs(SupportPermissions.Work)
            .WithName("LinkTickets")
            .WithSummary("Say that two tickets are about the same thing")
            .WithDescription("For the operator's keys. Both are of the same tenant. Linking what is linked changes nothing.")
            .TakesIdempotencyKey()
            .WithRequestExample(StaffDeskExamples.Linking)
            .Answers(200, "The ticket as it is now.", SupportExamples.Ticket, "ETag", Idempotency.ReplayedHeader)
            .Refuses(404, 422);

        ticket.MapDelete("/links/{linkId:guid}", UnlinkAsync)
            .Needs(SupportPermissions.Work)
            .WithName("UnlinkTickets")
            .WithSummary("Take a link away, on both sides")
            .WithDescription("For the operator's keys. Only plain links, by their link_id.")
            .Answers(204, "There is no such link any more.")
            .Refuses(404);

        ticket.MapPost("/merge", MergeAsync)
            .Needs(SupportPermissions.Work)
            .WithName("MergeTicket")
            .WithSummary("Merge a ticket into another of the tenant")
            .WithDescription("For the operator's keys. This ticket is closed and stays as a stub that names the other, which carries on with its messages.")
            .TakesIdempotencyKey()
            .WithRequestExample(StaffDeskExamples.Merging)
            .Answers(200, "The ticket that carries on.", SupportExamples.Ticket, "ETag", Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        ticket.MapPost("/unmerge", UnmergeAsync)
            .Needs(SupportPermissions.Work)
            .WithName("UnmergeTicket")
            .WithSummary("Take a merge back")
            .WithDescription("For the operator's keys. Takes no body. The ticket is open again and has its messages for itself.")
            .TakesIdempotencyKey()
            .WithRequestExample(new { })
            .Answers(200, "The ticket that is on its own again, as it stood before the merge.", SupportExamples.Ticket, "ETag", Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        ticket.MapPost("/split", SplitAsync)
            .Needs(SupportPermissions.Work)
            .WithName("SplitTicket")
            .WithSummary("Make a ticket of its own from a message")
            .WithDescription("For the operator's keys. From a comment of the ticket, or from its description without one. The message stays where it is; both tickets name each other.")
            .TakesIdempotencyKey()
            .WithRequestExample(StaffDeskExamples.Splitting)
            .Answers(201, "The new ticket, at the address in Location.", StaffDeskExamples.SplitTicket, "Location", "ETag", Idempotency.ReplayedHeader)
            .Refuses(404, 422);

        desk.MapPost("/tickets/bulk", BulkAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ChangeTickets")
            .WithSummary($"Change up to {BulkService.Most} tickets at once")
            .WithDescription(
                "For the operator's keys. Each ticket is a change of its own, audited in its tenant: one that cannot be changed keeps none of the others from it. "
                + "What was changed names what takes it back: send undo to the ticket's PATCH with its version as If-Match.")
            .TakesIdempotencyKey()
            .WithRequestExample(StaffDeskExamples.ChangingSeveral)
            .Answers(200, "What became of each, in the order given.", StaffDeskExamples.Outcomes, Idempotency.ReplayedHeader)
            .Refuses(422);
    }

    private static async Task<Results<Ok<Page<RelatedTicket>>, ProblemAnswer>> ListAsync(string tenant, Guid id, StaffAccess access, CancellationToken ct)
    {
        var related = await access.InAsync(tenant, scope => Relations(scope).ListAsync(id, ct), ct);
        return related.IsSuccess ? TypedResults.Ok(new Page<RelatedTicket>(related.Value, null)) : (ProblemAnswer)related.Error;
    }

    private static async Task<Results<Ok<TicketView>, ProblemAnswer>> LinkAsync(string tenant, Guid id, LinkTicket request, HttpContext http, StaffAccess access, CancellationToken ct) =>
        StaffTicketEndpoints.Answer(http, await access.OnceInAsync(http, tenant, scope => Relations(scope).LinkAsync(id, request.Number ?? "", ct), ct));

    private static async Task<Results<NoContent, ProblemAnswer>> UnlinkAsync(string tenant, Guid id, Guid linkId, StaffAccess access, CancellationToken ct)
    {
        var unlinked = await access.InAsync(tenant, scope => Relations(scope).UnlinkAsync(id, linkId, ct), ct);
        return unlinked.IsSuccess ? TypedResults.NoContent() : (ProblemAnswer)unlinked.Error;
    }

    private static async Task<Results<Ok<TicketView>, ProblemAnswer>> MergeAsync(string tenant, Guid id, MergeTicket request, HttpContext http, StaffAccess access, CancellationToken ct) =>
        StaffTicketEndpoints.Answer(http, await access.OnceInAsync(http, tenant, scope => Relations(scope).MergeAsync(id, request.Into ?? "", ct), ct));

    private static async Task<Results<Ok<TicketView>, ProblemAnswer>> UnmergeAsync(string tenant, Guid id, HttpContext http, StaffAccess access, CancellationToken ct) =>
        StaffTicketEndpoints.Answer(http, await access.OnceInAsync(http, tenant, scope => Relations(scope).UnmergeAsync(id, ct), ct));

    private static async Task<Results<Created<TicketView>, ProblemAnswer>> SplitAsync(string tenant, Guid id, SplitTicket request, HttpContext http, StaffAccess access, CancellationToken ct)
    {
        var split = await access.OnceInAsync(http, tenant, scope => Relations(scope).SplitAsync(id, request.CommentId, request.Subject, ct), ct);
        if (!split.IsSuccess)
            return (ProblemAnswer)split.Error;
        EntityTags.Put(http.Response, split.Value.Version);
        return TypedResults.Created($"{StaffTicketEndpoints.Route}/{tenant}/{split.Value.Id}", split.Value);
    }

    private static async Task<Results<Ok<BulkOutcomes>, ProblemAnswer>> BulkAsync(ChangeTickets request, HttpContext http, BulkService bulk, Idempotency once, CancellationToken ct)
    {
        if (request.Tickets is not { Count: > 0 } tickets)
            return (ProblemAnswer)Error.Invalid("tickets", "Name the tickets, each by its tenant and id.");
        // Whoever sends null for one of several sends nothing.
        if (tickets.Any(t => t is not { Tenant.Length: > 0, Id: not null }))
            return (ProblemAnswer)Error.Invalid("tickets", "Each ticket is named by tenant and id.");
        var targets = tickets.Select(t => new BulkTarget(t!.Tenant!, t.Id!.Value, "")).Distinct().ToList();
        // To its end even when the client goes away: asked again with the same key, it is told what was done.
        var outcomes = await once.OnceAsync(http, async () =>
            (await bulk.RunAsync(targets, request.Change?.ToChange() ?? new BulkChange(), _ => Task.CompletedTask, CancellationToken.None)).Map(made => new BulkOutcomes([.. made.Select(TicketOutcome.Of)])), ct);
        return outcomes.IsSuccess ? TypedResults.Ok(outcomes.Value) : (ProblemAnswer)outcomes.Error;
    }

    private static TicketRelations Relations(StaffScope scope) => scope.Services.GetRequiredService<TicketRelations>();
}
