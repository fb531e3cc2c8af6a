using SecureBase.Portal.Api;

namespace SecureBase.Portal.Hosting;

/// <summary>
/// Refuses circuits, hubs and web sockets opened by a page of another origin: browsers send cookies along with those and
/// ask nobody's leave. A request without <c>Origin</c> is no page's (or a same-origin GET) and passes to authentication.
/// </summary>
internal sealed class OriginCheck(RequestDelegate next, ILogger<OriginCheck> log)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!PathKind.IsLiveConnection(request.Path) && !context.WebSockets.IsWebSocketRequest && !IsUpgrade(request))
            return next(context);
        if (IsSameOrigin(request))
            return next(context);

        log.ForeignOrigin(request.Path);
        return ApiProblems.WriteAsync(context, ApiProblems.ForeignOrigin);
    }

    // Host and port only: a proxy that ends TLS may leave the scheme as http, and no other scheme reaches this port.
    internal static bool IsSameOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin.Count == 0)
            return request.Headers["Sec-Fetch-Site"].ToString() is not ("cross-site" or "same-site");
        if (origin.Count != 1 || !Uri.TryCreate(origin[0], UriKind.Absolute, out var page) || page.Scheme is not ("http" or "https"))
            return false;

        var port = request.Host.Port ?? (page.Scheme == "https" ? 443 : 80);
        return page.Port == port && page.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsUpgrade(HttpRequest request) =>
        request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);
}
