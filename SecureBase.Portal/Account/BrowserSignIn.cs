using Microsoft.AspNetCore.Authentication;
using SecureBase.Core.Access;
using SecureBase.Core.Factors;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Account;

/// <summary>Turns the steps of a sign-in into cookies and a sign-out into the end of its session.</summary>
internal sealed class BrowserSignIn(
    SignInService people, SecondFactorService factors, PasskeyCeremony passkeys, SessionService sessions, SignInStepCookie step, AttemptLimits limits, Caller caller)
{
    // Asking for the challenge was a try too.
    private const int TriesOfAPasskey = 2;

    /// <summary>True when the session has begun; false when the second factor is asked for.</summary>
    internal async Task<Result<bool>> SignInAsync(HttpContext http, string? email, string? password)
    {
        var result = await people.SignInAsync(email, password, Origin(http), http.RequestAborted);
        if (!result.IsSuccess)
            return result.Error;
        if (result.Value.Session is { } session)
        {
            await EnterAsync(http, session, tries: 1);
            return true;
        }
        step.Write(http, result.Value.Half!);
        await limits.ForgiveAsync(AttemptKind.SignIn, http.Connection.RemoteIpAddress, 1, http.RequestAborted);
        return false;
    }

    internal async Task<Result<Done>> SignInWithPasskeyAsync(HttpContext http, string? challenge, string? credential)
    {
        var passkey = await passkeys.VerifyAsync(http, PasskeyUse.SignIn, personId: null, challenge, credential);
        return await EnterAsync(http, await factors.WithPasskeyAloneAsync(passkey, Origin(http), http.RequestAborted), TriesOfAPasskey);
    }

    /// <summary>The half sign-in of this browser; null when there is none any more.</summary>
    internal async Task<WaitingSignIn?> WaitingAsync(HttpContext http) => step.Read(http) is { } attempt ? await factors.FindAsync(attempt, http.RequestAborted) : null;

    internal async Task<Result<Done>> GoOnWithCodeAsync(HttpContext http, WaitingSignIn waiting, string? code) =>
        await EnterAsync(http, await factors.WithCodeAsync(waiting.AttemptId, code, Origin(http), http.RequestAborted), tries: 1);

    internal async Task<Result<Done>> GoOnWithRecoveryCodeAsync(HttpContext http, WaitingSignIn waiting, string? code) =>
        await EnterAsync(http, await factors.WithRecoveryCodeAsync(waiting.AttemptId, code, Origin(http), http.RequestAborted), tries: 1);

    internal async Task<Result<Done>> GoOnWithPasskeyAsync(HttpContext http, WaitingSignIn waiting, string? challenge, string? credential)
    {
        var passkey = await passkeys.VerifyAsync(http, PasskeyUse.SecondFactor, waiting.PersonId, challenge, credential);
        return await EnterAsync(http, await factors.WithPasskeyAsync(waiting.AttemptId, passkey, Origin(http), http.RequestAborted), TriesOfAPasskey);
    }

    internal Task<Result<AuthenticatorOffer>> OfferAsync(HttpContext http, WaitingSignIn waiting) => factors.OfferAsync(waiting.AttemptId, Origin(http), http.RequestAborted);

    internal async Task<Result<FreshRecoveryCodes>> EnrolWithCodeAsync(HttpContext http, WaitingSignIn waiting, string? code) =>
        await EnterAsync(http, await factors.EnrolWithCodeAsync(waiting.AttemptId, code, Origin(http), http.RequestAborted));

    internal async Task<Result<FreshRecoveryCodes>> EnrolWithPasskeyAsync(HttpContext http, WaitingSignIn waiting, string? name, string? challenge, string? credential) =>
        await passkeys.RegisteredAsync(http, waiting.PersonId, challenge, credential) is { } made
            ? await EnterAsync(http, await factors.EnrolWithPasskeyAsync(waiting.AttemptId, name, made, Origin(http), http.RequestAborted))
            : FactorErrors.PasskeyRefused;

    internal async Task SignOutAsync(HttpContext http)
    {
        if (caller.IsKnown && caller.Actor.SessionId is { } session)
            await sessions.EndAsync(session, http.RequestAborted);
        await http.SignOutAsync(PortalClaims.Scheme);
    }

    private static SignInOrigin Origin(HttpContext http) => new(http.Connection.RemoteIpAddress?.ToString(), http.Request.Headers.UserAgent);

    private async Task<Result<Done>> EnterAsync(HttpContext http, Result<SignedIn> result, int tries)
    {
        if (!result.IsSuccess)
            return result.Error;
        await EnterAsync(http, result.Value, tries);
        return Done.Value;
    }

    private async Task<Result<FreshRecoveryCodes>> EnterAsync(HttpContext http, Result<Enrolled> result)
    {
        if (!result.IsSuccess)
            return result.Error;
        await EnterAsync(http, result.Value.Session, tries: 1);
        return result.Value.RecoveryCodes;
    }

    private async Task EnterAsync(HttpContext http, SignedIn session, int tries)
    {
        step.Delete(http);
        await http.SignInAsync(PortalClaims.Scheme, PortalClaims.Principal(session), new AuthenticationProperties { IsPersistent = false, ExpiresUtc = session.ExpiresAt });
        await limits.ForgiveAsync(AttemptKind.SignIn, http.Connection.RemoteIpAddress, tries, http.RequestAborted);
    }
}
