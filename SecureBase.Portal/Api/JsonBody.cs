using System.Buffers;
using System.IO.Pipelines;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using SecureBase.Portal.Hosting;

namespace SecureBase.Portal.Api;

/// <summary>The bytes of a JSON request, read whole before the endpoint runs.</summary>
/// <param name="bytes">As sent.</param>
/// <param name="type">What the endpoint reads from them.</param>
internal sealed class JsonBody(byte[] bytes, Type? type)
{
    /// <summary>1 MiB, with or without a Content-Length.</summary>
    public const int MaxBytes = 1 << 20;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public Type? Type => type;

    public static ReadOnlySpan<byte> Of(HttpContext context) =>
        context.Features.Get<JsonBody>() is { } body ? body.Bytes.Span : default;
}

/// <summary>
/// Lets <c>curl -d</c> be: a body under <c>/v1</c> without a Content-Type, or with the one curl puts in by default, is JSON.
/// Runs before routing, which chooses by Content-Type.
/// </summary>
internal sealed class JsonByDefault(RequestDelegate next)
{
    private const string CurlsDefault = "application/x-www-form-urlencoded";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (PathKind.IsApi(request.Path)
            && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is not false
            && (string.IsNullOrWhiteSpace(request.ContentType) || MediaType(request.ContentType).Equals(CurlsDefault, StringComparison.OrdinalIgnoreCase)))
        {
            request.ContentType = MediaTypeNames.Application.Json;
        }

        return next(context);
    }

    private static string MediaType(string contentType) => contentType.Split(';', 2)[0].Trim();
}

/// <summary>
/// Reads the body of an endpoint that takes JSON, up to <see cref="JsonBody.MaxBytes"/>. A larger one is answered with 413
/// while the client may still be sending; see <see cref="UnreadBody"/>.
/// </summary>
internal sealed class JsonBodyReader(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (Accepted(context) is not { } accepts)
        {
            await next(context);
            return;
        }

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is false)
        {
            context.Features.Set(new JsonBody([], accepts.RequestType));
            await next(context);
            return;
        }

        if (HasForeignCharset(context.Request.ContentType))
        {
            await ApiProblems.WriteAsync(context, ApiProblems.UnsupportedMediaType(context.Request.ContentType));
            return;
        }

        context.Request.ContentType = MediaTypeNames.Application.Json;

        // The server would answer its own limit by closing the connection.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;

        byte[]? body;
        try
        {
            body = context.Request.ContentLength > JsonBody.MaxBytes ? null : await ReadAsync(context.Request.BodyReader, context.RequestAborted);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            // The server's word for some kinds of malformed chunks.
            throw new BadHttpRequestException("The body broke off.", StatusCodes.Status400BadRequest, broken);
        }

        if (body is null)
        {
            await RefuseAsync(context);
            return;
        }

        context.Features.Set(new JsonBody(body, accepts.RequestType));
        context.Request.Body = new MemoryStream(body, writable: false);
        await next(context);
    }

    private static IAcceptsMetadata? Accepted(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepts
        && accepts.ContentTypes.Contains(MediaTypeNames.Application.Json, StringComparer.OrdinalIgnoreCase) ? accepts : null;

    private static bool HasForeignCharset(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.Charset.HasValue
        && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static async Task<byte[]?> ReadAsync(PipeReader reader, CancellationToken ct)
    {
        while (true)
        {
            var read = await reader.ReadAsync(ct);
            if (read.Buffer.Length > JsonBody.MaxBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async Task RefuseAsync(HttpContext context)
    {
        await ApiProblems.WriteAsync(context, ApiProblems.TooLarge(JsonBody.MaxBytes));
        await UnreadBody.DropAsync(context);
    }
}
