using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SecureBase.Core.Files;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support.Attachments;

namespace SecureBase.Portal.Support.Attachments;

/// <summary>
/// The one file of a request, read as it arrives: the body itself, or the first file of a multipart form (RFC 7578). Lifts the server's
/// own limit, whose answer would close the connection: the store counts.
/// </summary>
internal sealed class FileBody
{
    // Boundaries, headers and small fields of a form around the file.
    private const long Around = 64 * 1024;
    private const int BoundaryMax = 100;
    private const int SectionsMax = 16;

    // The store reads so far beyond its limit at most, and is the one to say that a file is too large.
    private const long Ahead = 2 * 1024 * 1024;

    private readonly MultipartReader? _form;

    private FileBody(IncomingFile file, MultipartReader? form) => (File, _form) = (file, form);

    internal IncomingFile File { get; }

    /// <param name="name">What the file is called, unless the form says so itself.</param>
    internal static Task<Result<FileBody>> OpenAsync(HttpContext http, string? name, CancellationToken ct) => ReadAsync<Result<FileBody>>(http, async () =>
    {
        if (http.Request.ContentLength > AttachmentService.MaxBytes + Around)
            return FileErrors.TooLarge(AttachmentService.MaxBytes);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return new FileBody(new IncomingFile(http.Request.Body, name), null);
        if (HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= BoundaryMax } boundary)
            return Error.Invalid(FileErrors.Field, "The form's Content-Type names no boundary.");
        var form = new MultipartReader(boundary, http.Request.Body) { BodyLengthLimit = AttachmentService.MaxBytes + Ahead };
        return await NextAsync(form, ct) is { } file
            ? new FileBody(file with { Name = file.Name ?? name }, form)
            : Error.Invalid(FileErrors.Field, "The form holds no file: send one as the field file, with its name.");
    });

    /// <summary>Whether the form holds another file after this one was read to its end.</summary>
    internal Task<bool> HasAnotherAsync(HttpContext http, CancellationToken ct) => ReadAsync(http, async () => _form is not null && await NextAsync(_form, ct) is not null);

    /// <summary>Reads from the body; what is wrong with it is the client's fault, and said so.</summary>
    /// <exception cref="BadHttpRequestException">It broke off, or is malformed.</exception>
    internal static async Task<T> ReadAsync<T>(HttpContext http, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException && broken is not BadHttpRequestException && !http.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The body broke off, or is no form as it says.", StatusCodes.Status400BadRequest, broken);
        }
    }

    private static async Task<IncomingFile?> NextAsync(MultipartReader form, CancellationToken ct)
    {
        for (var sections = 0; await form.ReadNextSectionAsync(ct) is { } section; sections++)
        {
            if (sections == SectionsMax)
                throw new InvalidDataException($"The form has more than {SectionsMax} fields around its file.");
            if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition())
                return new IncomingFile(section.Body, (disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName)).Value);
        }
        return null;
    }
}
