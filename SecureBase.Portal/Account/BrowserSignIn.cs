using Microsoft.AspNetCore.Authentication;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Account;

/// <summary>Turns a sign-in into a cookie and a sign-out into the end of its session.</summary>
internal sealed class BrowserSignIn(SignInService people, SessionService sessions, Caller caller)
{
    internal async Task<Result<Done>> SignInAsync(HttpContext http, string? email, string? password)
    {
        var result = await people.SignInAsync(email, password, http.Connection.RemoteIpAddress?.ToString(), http.Request.Headers.UserAgent, http.RequestAborted);
        if (!result.IsSuccess)
            return result.Error;
        await http.SignInAsync(PortalClaims.Scheme, PortalClaims.Principal(result.Value), new AuthenticationProperties { IsPersistent = false, ExpiresUtc = result.Value.ExpiresAt });
        return Done.Value;
    }

    internal async Task SignOutAsync(HttpContext http)
    {
        if (caller.IsKnown && caller.Actor.SessionId is { } session)
            await sessions.EndAsync(session, http.RequestAborted);
        await http.SignOutAsync(PortalClaims.Scheme);
    }
}
