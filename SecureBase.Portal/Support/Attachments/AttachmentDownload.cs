using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using SecureBase.Core.Files;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Attachments;

namespace SecureBase.Portal.Support.Attachments;

/// <summary>Sends an attachment so that no browser can be made to run it: as a download, under its detected type, with nothing allowed to it.</summary>
internal static class AttachmentDownload
{
    /// <summary>The value of <c>view</c> that asks for a picture in the page.</summary>
    internal const string Inline = "inline";

    private const string NothingAtAll = "default-src 'none'; frame-ancestors 'none'; sandbox";

    /// <param name="ticketId">Null for any ticket of the tenant of these services.</param>
    /// <param name="inline">Whether a safe picture may be shown instead of saved; anything else is a download all the same.</param>
    internal static async Task<Results<EmptyHttpResult, T>> SendAsync<T>(IServiceProvider services, Guid? ticketId, Guid id, bool inline, HttpContext http, Func<Error, T> refuse) where T : IResult
    {
        var ct = http.RequestAborted;
        await using var db = await services.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(ct);
        var opened = await services.GetRequiredService<AttachmentService>().OpenAsync(ticketId, id, db, ct);
        if (!opened.IsSuccess)
            return refuse(opened.Error);
        var (name, file) = opened.Value;
        var shows = inline && ContentKind.IsSafeImage(file.ContentType);
        var tag = new EntityTagHeaderValue($"\"{file.Sha256}\"");
        var headers = http.Response.Headers;
        var disposition = new ContentDispositionHeaderValue(shows ? Inline : "attachment");
        disposition.SetHttpFileName(name);
        headers.ContentDisposition = disposition.ToString();
        headers.CacheControl = "private, no-cache";
        headers.ContentSecurityPolicy = NothingAtAll;
        headers.XContentTypeOptions = "nosniff";
        headers.ETag = tag.ToString();
        if (http.Request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } known && known.Any(k => k.Compare(tag, useStrongComparison: false)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return TypedResults.Empty;
        }
        headers.ContentType = file.ContentType.StartsWith("text/", StringComparison.Ordinal) ? file.ContentType + "; charset=utf-8" : file.ContentType;
        headers.ContentLength = file.Size;
        headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(file.Sha256))}:";
        await foreach (var piece in file.Content.WithCancellation(ct))
            await http.Response.Body.WriteAsync(piece, ct);
        return TypedResults.Empty;
    }
}
