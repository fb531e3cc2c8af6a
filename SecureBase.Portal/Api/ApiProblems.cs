using System.Globalization;
using Microsoft.Net.Http.Headers;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Hosting;

namespace SecureBase.Portal.Api;

/// <summary>The one place where a failure becomes an answer of the API.</summary>
internal static class ApiProblems
{
    internal static readonly ApiProblem Failed = new()
    {
        Status = StatusCodes.Status500InternalServerError,
        Code = "internal_error",
        Title = "Internal error",
        Detail = "Something failed on our side. Nothing half-done was kept. Try again; if it fails once more, tell support the trace id.",
    };

    internal static readonly ApiProblem Unavailable = new()
    {
        Status = StatusCodes.Status503ServiceUnavailable,
        Code = "unavailable",
        Title = "Temporarily unavailable",
        Detail = "The database does not answer. What was acknowledged is safe; try again in a few seconds.",
        Headers = new Dictionary<string, string> { [HeaderNames.RetryAfter] = "5" },
    };

    internal static readonly ApiProblem KeyNotValid = new()
    {
        Status = StatusCodes.Status401Unauthorized,
        Code = "key_not_valid",
        Title = "Unauthenticated",
        Detail = "This API key is unknown, revoked or expired.",
    };

    internal static readonly ApiProblem KeyOfAnotherTenant = new()
    {
        Status = StatusCodes.Status403Forbidden,
        Code = "tenant_mismatch",
        Title = "Forbidden",
        Detail = "This API key belongs to another address and opens nothing here. The attempt was recorded.",
    };

    internal static ApiProblem AddressNotAllowed(System.Net.IPAddress? from) => new()
    {
        Status = StatusCodes.Status403Forbidden,
        Code = "address_not_allowed",
        Title = "Forbidden",
        Detail = $"This API key may not be used from {(from is { IsIPv4MappedToIPv6: true } ? from.MapToIPv4() : from)?.ToString() ?? "an unknown address"}. The attempt was recorded; whoever manages the key can change its allow-list.",
    };

    internal static readonly ApiProblem TenantSuspended = new()
    {
        Status = StatusCodes.Status403Forbidden,
        Code = "tenant_suspended",
        Title = "Tenant suspended",
        Detail = "Access to this organisation's portal is switched off for now. Its data is kept.",
    };

    internal static readonly ApiProblem ForeignOrigin = new()
    {
        Status = StatusCodes.Status403Forbidden,
        Code = "foreign_origin",
        Title = "Foreign origin",
        Detail = "Live connections are accepted from pages of this address only.",
    };

    internal static ApiProblem InsufficientScope(Permission? permission) => new()
    {
        Status = StatusCodes.Status403Forbidden,
        Code = "insufficient_scope",
        Title = "Forbidden",
        Detail = permission?.Scope is { } scope ? $"This needs an API key with the scope {scope}." : "No API key may do this.",
    };

    internal static ApiProblem TooLarge(long limit) => new()
    {
        Status = StatusCodes.Status413PayloadTooLarge,
        Code = "body_too_large",
        Title = "Body too large",
        Detail = string.Create(CultureInfo.InvariantCulture, $"The body of this request may have up to {limit:N0} bytes."),
    };

    internal static ApiProblem UnsupportedMediaType(string? contentType) => new()
    {
        Status = StatusCodes.Status415UnsupportedMediaType,
        Code = "unsupported_media_type",
        Title = "Unsupported media type",
        Detail = $"The body is read as JSON in UTF-8; '{Shorten(contentType)}' is something else. Send Content-Type: application/json, or none.",
        Headers = new Dictionary<string, string> { [HeaderNames.Accept] = "application/json" },
    };

    internal static ApiProblem PreconditionRequired => new()
    {
        Status = StatusCodes.Status428PreconditionRequired,
        Code = "precondition_required",
        Title = "Precondition required",
        Detail = "Send If-Match with the ETag you last read, so that nobody's change is overwritten unseen.",
    };

    internal static ApiProblem Invalid(int status, string field, string message) => new()
    {
        Status = status,
        Code = "invalid",
        Title = "Invalid request",
        Detail = message,
        Errors = new Dictionary<string, string[]> { [field] = [message] },
    };

    /// <summary>What the framework could not bind.</summary>
    internal static ApiProblem Unreadable(BadHttpRequestException bad, HttpContext context) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => TooLarge(JsonBody.MaxBytes),
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType(context.Request.ContentType),
        StatusCodes.Status400BadRequest => JsonFault.Of(bad, context),
        var status => OfStatus(status),
    };

    /// <summary>The problem for an answer that has a status and no body, such as routing's 404 and 405.</summary>
    internal static ApiProblem OfStatus(int status) => status switch
    {
        StatusCodes.Status400BadRequest => Bare(status, "bad_request", "Bad request", "The request could not be read."),
        StatusCodes.Status401Unauthorized => Bare(status, "unauthenticated", "Unauthenticated", "Send an API key: Authorization: Bearer sb_live_…"),
        StatusCodes.Status403Forbidden => Bare(status, "forbidden", "Forbidden", "This key may not do that."),
        StatusCodes.Status404NotFound => Bare(status, "not_found", "Not found", "There is nothing at this address. The routes are listed at /reference."),
        StatusCodes.Status405MethodNotAllowed => Bare(status, "method_not_allowed", "Method not allowed", "This address does not take that method; the Allow header lists those it takes."),
        StatusCodes.Status408RequestTimeout => Bare(status, "request_timeout", "Request timeout", "The request arrived too slowly."),
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType(null),
        StatusCodes.Status500InternalServerError => Failed,
        StatusCodes.Status503ServiceUnavailable => Unavailable,
        _ => Bare(status, $"status_{status.ToString(CultureInfo.InvariantCulture)}", "Refused", "The request was refused."),
    };

    internal static ApiProblem Of(Error error) => new()
    {
        Status = StatusOf(error.Kind),
        Code = error.Code,
        Title = TitleOf(error.Kind),
        Detail = error.Message,
        Headers = error.RetryAfter is { } wait
            ? new Dictionary<string, string> { [HeaderNames.RetryAfter] = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture) }
            : new Dictionary<string, string>(),
        Errors = error.Fields.Count == 0 ? null : error.Fields
            .GroupBy(f => f.Field, f => f.Message, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal),
    };

    /// <summary>The same for a query string: it is the request, not its content, that cannot be processed.</summary>
    internal static ApiProblem OfQuery(Error error) =>
        error.Kind == ErrorKind.Invalid ? Of(error) with { Status = StatusCodes.Status400BadRequest } : Of(error);

    internal static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.Stale => StatusCodes.Status412PreconditionFailed,
        ErrorKind.QuotaExceeded => StatusCodes.Status429TooManyRequests,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An error kind without a status"),
    };

    internal static async Task WriteAsync(HttpContext context, ApiProblem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        foreach (var (name, value) in problem.Headers)
            response.Headers[name] = value;
        await response.WriteAsJsonAsync(problem with { TraceId = Traces.Id(context) }, WireJson.Options, ApiProblem.ContentType, context.RequestAborted);
    }

    private static string TitleOf(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => "Not found",
        ErrorKind.Invalid => "Invalid request",
        ErrorKind.Conflict => "Conflict",
        ErrorKind.Forbidden => "Forbidden",
        ErrorKind.Stale => "Changed in the meantime",
        ErrorKind.QuotaExceeded => "Quota exceeded",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An error kind without a title"),
    };

    private static ApiProblem Bare(int status, string code, string title, string detail) =>
        new() { Status = status, Code = code, Title = title, Detail = detail };

    private static string Shorten(string? text) => text switch
    {
        null or "" => "this Content-Type",
        { Length: > 80 } => text[..80] + "…",
        _ => text,
    };
}
