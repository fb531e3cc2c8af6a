using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Support.Sla;
using SecureBase.Portal.Api;
using SecureBase.Portal.Support.Admin;
using SecureBase.Portal.Support.Attachments;
using SecureBase.Portal.Support.Sla;

namespace SecureBase.Portal.Support.Desk;

/// <summary>What stands on a ticket of a tenant: its comments, files and clocks, as the customer reads them too, for the operator's keys.</summary>
internal static class StaffConversationEndpoints
{
    private const int DefaultLimit = 25;

    internal static void MapStaffConversation(this RouteGroupBuilder desk)
    {
        var ticket = desk.MapGroup("/tickets/{tenant}/{id:guid}");

        ticket.MapGet("/comments", CommentsAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ListCommentsAsStaff")
            .WithSummary("List the comments of a tenant's ticket, oldest first")
            .WithDescription("For the operator's keys.")
            .TakesPage()
            .Answers(200, "A page of comments.", SupportExamples.Comments)
            .Refuses(404);

        ticket.MapGet("/sla", ClocksAsync)
            .Needs(SupportPermissions.Work)
            .WithName("GetTicketSlaAsStaff")
            .WithSummary("Read the clocks of a tenant's ticket")
            .WithDescription("For the operator's keys. Computed anew from the ticket's events, with the rule behind every stretch of time.")
            .Answers(200, "The clocks.", SlaExamples.Clocks)
            .Refuses(404);

        ticket.MapGet("/attachments", AttachmentsAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ListAttachmentsAsStaff")
            .WithSummary("List the attachments of a tenant's ticket, oldest first")
            .WithDescription("For the operator's keys.")
            .TakesPage()
            .Answers(200, "A page of attachments.", SupportExamples.Attachments)
            .Refuses(404);

        ticket.MapGet("/attachments/{attachmentId:guid}/content", ContentAsync)
            .Needs(SupportPermissions.Work)
            .WithName("DownloadAttachmentAsStaff")
            .WithSummary("Download an attachment of a tenant's ticket")
            .WithDescription("For the operator's keys. The file's bytes; Repr-Digest carries their SHA-256. Not found while the file is being scanned, and when it was refused.")
            .Answers(200, "The file.", new DocumentedFile(), "ETag", "Repr-Digest", "Content-Disposition")
            .Answers(304, "The file is the one named in If-None-Match.")
            .Refuses(404);
    }

    private static Task<Results<Ok<Page<CommentView>>, ProblemAnswer>> CommentsAsync(string tenant, Guid id, QueryValues query, StaffAccess access, CancellationToken ct) =>
        PageAsync(tenant, query, access, (scope, limit, cursor) => scope.Tickets.CommentsAsync(id, limit, cursor, ct), ct);

    private static Task<Results<Ok<Page<AttachmentView>>, ProblemAnswer>> AttachmentsAsync(string tenant, Guid id, QueryValues query, StaffAccess access, CancellationToken ct) =>
        PageAsync(tenant, query, access, (scope, limit, cursor) => scope.Services.GetRequiredService<AttachmentService>().ListAsync(id, limit, cursor, ct), ct);

    private static async Task<Results<Ok<SlaClocks>, ProblemAnswer>> ClocksAsync(string tenant, Guid id, StaffAccess access, CancellationToken ct)
    {
        var read = await access.InAsync(tenant, scope => scope.Services.GetRequiredService<TicketClocks>().ReadAsync(id, ct), ct);
        return read.IsSuccess ? TypedResults.Ok(read.Value) : (ProblemAnswer)read.Error;
    }

    private static async Task<Results<EmptyHttpResult, ProblemAnswer>> ContentAsync(string tenant, Guid id, Guid attachmentId, HttpContext http, StaffAccess access, CancellationToken ct)
    {
        var entered = await access.EnterAsync(tenant, ct);
        if (!entered.IsSuccess)
            return (ProblemAnswer)entered.Error;
        await using var scope = entered.Value;
        return await AttachmentDownload.SendAsync(scope.Services, id, attachmentId, inline: false, http, error => (ProblemAnswer)error);
    }

    private static async Task<Results<Ok<Page<T>>, ProblemAnswer>> PageAsync<T>(string tenant, QueryValues query, StaffAccess access, Func<StaffScope, int, string?, Task<Result<Page<T>>>> read, CancellationToken ct)
    {
        var (limit, cursor) = (query.Number("limit", DefaultLimit), query.Text("cursor"));
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await access.InAsync(tenant, scope => read(scope, limit, cursor), ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }
}
