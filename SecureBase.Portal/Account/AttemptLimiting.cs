using System.Globalization;
using SecureBase.Core.Access;

namespace SecureBase.Portal.Account;

/// <summary>
/// Counts what is sent to the account pages by network address, before anything is looked up: over the limit everybody hears the same,
/// whatever they sent. Behind trusted proxies the address is the visitor's.
/// </summary>
internal sealed class AttemptLimiting(RequestDelegate next, AttemptLimits limits)
{
    private static readonly PathString SignOut = "/account/sign-out";

    private static readonly PathString[] SigningIn = ["/account/sign-in", "/account/second-factor", "/account/passkeys"];

    private static readonly PathString[] SendingMail = ["/account/forgot-password"];

    public async Task InvokeAsync(HttpContext context)
    {
        if (KindOf(context.Request) is { } kind && await limits.CountAsync(kind, context.Connection.RemoteIpAddress, context.RequestAborted) is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await StatusPages.TooManyTries(wait).ExecuteAsync(context);
            return;
        }
        await next(context);
    }

    internal static AttemptKind? KindOf(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method) || !request.Path.StartsWithSegments("/account") || request.Path.StartsWithSegments(SignOut))
            return null;
        if (SigningIn.Any(path => request.Path.StartsWithSegments(path)))
            return AttemptKind.SignIn;
        return SendingMail.Any(path => request.Path.StartsWithSegments(path)) ? AttemptKind.Mail : AttemptKind.Other;
    }
}
