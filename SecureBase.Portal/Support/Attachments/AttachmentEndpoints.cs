using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Files;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Support.Attachments;

/// <summary><c>/v1/support/tickets/{id}/attachments</c>: files in and out of tickets, for programs.</summary>
internal static class AttachmentEndpoints
{
    private const int DefaultLimit = 25;

    internal static void MapAttachments(this RouteGroupBuilder v1)
    {
        var attachments = v1.MapGroup("/support/tickets/{id:guid}/attachments").WithTags("Support");

        attachments.MapPost("", AttachAsync)
            .Needs(SupportPermissions.Comment)
            .WithName("AttachFile")
            .WithSummary("Attach a file to a ticket")
            .WithDescription("The body is the file, whatever its Content-Type, or a form (multipart/form-data) with one file. Up to 25 MB, and 10 files per message. "
                + "What it is is found by its content. Where a scanner is configured the file can be downloaded once its state is clean.")
            .Accepts<Stream>("*/*")
            .TakesQuery("filename", "What the file is called; a form says so itself.")
            .TakesQuery("comment_id", "A comment of the key's own that the file belongs to; without it, the ticket itself.", ParameterKind.Id)
            .TakesIdempotencyKey()
            .WithRequestExample(SupportExamples.File)
            .Answers(201, "The attachment, at the address in Location.", SupportExamples.Attachment, "Location", Idempotency.ReplayedHeader)
            .Refuses(404, 409, 413, 422, 429);

        attachments.MapGet("", ListAsync)
            .Needs(SupportPermissions.Read)
            .WithName("ListAttachments")
            .WithSummary("List a ticket's attachments, oldest first")
            .TakesPage()
            .Answers(200, "A page of attachments.", SupportExamples.Attachments)
            .Refuses(404);

        attachments.MapGet("/{attachmentId:guid}", GetAsync)
            .Needs(SupportPermissions.Read)
            .WithName("GetAttachment")
            .WithSummary("Read about an attachment")
            .Answers(200, "The attachment.", SupportExamples.Attachment)
            .Refuses(404);

        attachments.MapGet("/{attachmentId:guid}/content", ContentAsync)
            .Needs(SupportPermissions.Read)
            .WithName("DownloadAttachment")
            .WithSummary("Download an attachment")
            .WithDescription("The file's bytes; Repr-Digest carries their SHA-256. Not found while the file is being scanned, and when it was refused.")
            .Answers(200, "The file.", new DocumentedFile(), "ETag", "Repr-Digest", "Content-Disposition")
            .Answers(304, "The file is the one named in If-None-Match.")
            .Refuses(404);
    }

    private static async Task<Results<Created<AttachmentView>, ProblemAnswer>> AttachAsync(Guid id, QueryValues query, HttpContext http, AttachmentService attachments, Idempotency once, CancellationToken ct)
    {
        var (name, commentId) = (query.Text("filename"), query.Id("comment_id"));
        if (query.Problem is { } problem)
            return new ProblemAnswer(problem) { DropsBody = true };
        var body = await FileBody.OpenAsync(http, name, ct);
        if (!body.IsSuccess)
            return Refused(body.Error);
        var received = await FileBody.ReadAsync(http, () => attachments.ReceiveAsync(id, commentId, body.Value.File, isRetry: http.Request.Headers.ContainsKey(Idempotency.Header), ct));
        if (!received.IsSuccess)
            return Refused(received.Error);
        if (await body.Value.HasAnotherAsync(http, ct))
        {
            await attachments.DiscardAsync(received.Value, ct);
            return Refused(Error.Invalid(FileErrors.Field, "The form holds several files: send each in a request of its own."));
        }
        var attached = await once.OnceAsync(http, Encoding.ASCII.GetBytes(received.Value.Sha256), () => attachments.AttachAsync(id, commentId, received.Value, body.Value.File.Name, ct), ct);
        // Answered from an earlier request, or refused before it was tried: this copy of the file is nobody's.
        if (!attached.IsSuccess || http.Response.Headers.ContainsKey(Idempotency.ReplayedHeader))
            await attachments.DiscardAsync(received.Value, CancellationToken.None);
        return attached.IsSuccess
            ? TypedResults.Created($"/v1/support/tickets/{id}/attachments/{attached.Value.Id}", attached.Value)
            : (ProblemAnswer)attached.Error;
    }

    private static async Task<Results<Ok<Page<AttachmentView>>, ProblemAnswer>> ListAsync(Guid id, QueryValues query, AttachmentService attachments, CancellationToken ct)
    {
        var (limit, cursor) = (query.Number("limit", DefaultLimit), query.Text("cursor"));
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await attachments.ListAsync(id, limit, cursor, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<AttachmentView>, ProblemAnswer>> GetAsync(Guid id, Guid attachmentId, AttachmentService attachments, CancellationToken ct)
    {
        var found = await attachments.GetAsync(id, attachmentId, ct);
        return found.IsSuccess ? TypedResults.Ok(found.Value) : (ProblemAnswer)found.Error;
    }

    private static Task<Results<EmptyHttpResult, ProblemAnswer>> ContentAsync(Guid id, Guid attachmentId, HttpContext http) =>
        AttachmentDownload.SendAsync(http.RequestServices, id, attachmentId, inline: false, http, error => (ProblemAnswer)error);

    private static ProblemAnswer Refused(Error error) => new(error.Code == FileErrors.TooLargeCode ? ApiProblems.TooLarge(AttachmentService.MaxBytes) : ApiProblems.Of(error)) { DropsBody = true };
}
