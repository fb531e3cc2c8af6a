using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace SecureBase.Portal.Account;

/// <summary>The answers that must work when nothing else does, as results any middleware can execute.</summary>
internal static class StatusPages
{
    /// <summary>404 for a host that is no tenant's. The same words whatever was asked for, so that it tells nothing.</summary>
    internal static IResult UnknownHost() => Page(StatusCodes.Status404NotFound, "Nothing is here", "This address leads nowhere. Check it letter by letter, or ask whoever gave it to you.");

    /// <summary>403 for a suspended tenant.</summary>
    internal static IResult Suspended() => Page(StatusCodes.Status403Forbidden, "This portal is suspended", "Access to this organisation’s portal is switched off for now. Its data is kept. Your account manager at the provider knows why and can switch it on again.");

    /// <summary>403 for a session that belongs to another host.</summary>
    internal static IResult ForeignSession() => Page(StatusCodes.Status403Forbidden, "This sign-in is for another address", "Your session belongs to another organisation’s address and opens nothing here. The attempt was recorded.");

    /// <summary>429 for a network address that has tried too often. Says when, and nothing about what was tried.</summary>
    internal static IResult TooManyTries(TimeSpan wait) => Page(StatusCodes.Status429TooManyRequests, "Too many tries from your network",
        $"Too much was sent from your network address in a short time, so we ask you to wait. Try again in {(wait < TimeSpan.FromMinutes(1) ? "a minute" : $"{Math.Ceiling(wait.TotalMinutes):0} minutes")}. Nothing was changed.");

    /// <summary>503 while the tenant directory cannot be read.</summary>
    internal static IResult DirectoryDown(string path) => Page(StatusCodes.Status503ServiceUnavailable, "We cannot look up this address right now", "The fault is on our side. Nothing of yours is lost, and nobody is shown another organisation’s data instead. Try again in a minute.", path);

    /// <summary>503 while the database does not answer.</summary>
    internal static IResult Unavailable(string path) => Page(StatusCodes.Status503ServiceUnavailable, "The portal cannot reach its data right now", "The fault is on our side. What you saved is safe. Try again in a minute.", path);

    /// <summary>A request no browser would send by itself.</summary>
    internal static IResult Unreadable(int status) => Page(status, "This request could not be read", "Nothing was changed. Go back, load the page again and repeat what you did.");

    /// <summary>500; the trace id is in our log.</summary>
    internal static IResult Failed(string path) => Page(StatusCodes.Status500InternalServerError, "Something failed on our side", "What you saved is safe. Try again; if it fails once more, tell support the trace id.", path);

    private static RazorComponentResult<StatusPage> Page(int status, string title, string message, string? retry = null) =>
        new(new Dictionary<string, object?>
        {
            [nameof(StatusPage.Title)] = title,
            [nameof(StatusPage.Message)] = message,
            [nameof(StatusPage.RetryHref)] = retry,
            [nameof(StatusPage.TraceId)] = status >= 500 ? Activity.Current?.TraceId.ToHexString() : null,
        })
        {
            StatusCode = status,
            PreventStreamingRendering = true,
        };
}
