using System.Buffers;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SecureBase.Portal.Hosting;

/// <summary>
/// The headers every answer carries. Set when the answer starts, because a failure clears those set earlier; one that an
/// answer brings itself is kept.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const string Hsts = "max-age=31536000; includeSubDomains";
    private const string NothingAtAll = "default-src 'none'; frame-ancestors 'none'";
    private const string NoFeatures =
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()";

    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]");

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(static state => Set((HttpContext)state), context);
        return next(context);
    }

    private static Task Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        var forPrograms = PathKind.IsForPrograms(context.Request.Path);
        SetIfAbsent(headers, HeaderNames.ContentSecurityPolicy, forPrograms ? NothingAtAll : PagePolicy(context.Request));
        SetIfAbsent(headers, HeaderNames.XContentTypeOptions, "nosniff");
        SetIfAbsent(headers, HeaderNames.XFrameOptions, "DENY");
        SetIfAbsent(headers, "Referrer-Policy", "same-origin");
        SetIfAbsent(headers, "Permissions-Policy", NoFeatures);
        SetIfAbsent(headers, "Cross-Origin-Opener-Policy", "same-origin");
        SetIfAbsent(headers, "Cross-Origin-Resource-Policy", "same-origin");
        // Nor do pages stay behind in a shared browser's cache or in its memory of pages left.
        if (forPrograms || context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true)
            SetIfAbsent(headers, HeaderNames.CacheControl, "no-store");
        if (context.Request.IsHttps && !IsLocal(context.Request.Host.Host))
            SetIfAbsent(headers, HeaderNames.StrictTransportSecurity, Hsts);
        return Task.CompletedTask;
    }

    // The interactive components write style attributes, never style elements or scripts in the page. 'self' does not
    // cover web sockets in every browser, so their address is named.
    private static string PagePolicy(HttpRequest request)
    {
        var socket = request.Host.Value is { Length: > 0 } host && !host.AsSpan().ContainsAnyExcept(HostCharacters)
            ? $" {(request.IsHttps ? "wss" : "ws")}://{host}"
            : "";
        return "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
            + $"connect-src 'self'{socket}; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
            + (request.IsHttps ? "; upgrade-insecure-requests" : "");
    }

    private static void SetIfAbsent(IHeaderDictionary headers, string name, string value)
    {
        if (StringValues.IsNullOrEmpty(headers[name]))
            headers[name] = value;
    }

    // A browser would refuse the plain-HTTP portal of every other project on the same machine for a year.
    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
