using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using SecureBase.Core.Factors;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Account;

/// <summary>What the browser is asked (WebAuthn options, JSON) and under which id it answers.</summary>
internal sealed record PasskeyPrompt(Guid Challenge, string OptionsJson);

/// <summary>
/// WebAuthn by ASP.NET Core Identity's handler, with the relying party pinned to the tenant's own host. That host is made of the tenant
/// this request was resolved to, not of what the client says: a passkey of one tenant, or an answer made on another origin, is refused.
/// </summary>
internal sealed class PasskeyCeremony(UserManager<Person> people, PasskeyService challenges, TenantContext tenancy, IOptions<PortalOptions> portal, ILogger<PasskeyCeremony> log)
{
    // Longer answers are no passkey's.
    private const int LongestAnswer = 64 * 1024;

    private string Host => $"{tenancy.Tenant.Slug}.{portal.Value.BaseDomain}";

    /// <summary>Asks for a passkey of this person, or of whoever it belongs to.</summary>
    internal async Task<PasskeyPrompt> AskAsync(HttpContext http, PasskeyUse use, Guid? personId)
    {
        var person = personId is { } id ? await people.FindByIdAsync(id.ToString()) : null;
        var asked = await Handler(http).MakeRequestOptionsAsync(person, http);
        return new PasskeyPrompt(await challenges.KeepAsync(use, personId, asked.AssertionState ?? "", http.RequestAborted), asked.RequestOptionsJson);
    }

    /// <summary>Asks the person to make a new passkey.</summary>
    internal async Task<PasskeyPrompt> OfferAsync(HttpContext http, Guid personId, string account, string name)
    {
        var offered = await Handler(http).MakeCreationOptionsAsync(new PasskeyUserEntity { Id = personId.ToString(), Name = account, DisplayName = name }, http);
        return new PasskeyPrompt(await challenges.KeepAsync(PasskeyUse.Register, personId, offered.AttestationState ?? "", http.RequestAborted), offered.CreationOptionsJson);
    }

    /// <summary>Null when the answer does not prove what was asked, or was asked for something else, or was given before.</summary>
    internal async Task<VerifiedPasskey?> VerifyAsync(HttpContext http, PasskeyUse use, Guid? personId, string? challenge, string? credential)
    {
        if (credential is not { Length: > 0 and <= LongestAnswer } || !Guid.TryParse(challenge, out var id) || await challenges.TakeAsync(id, use, personId, http.RequestAborted) is not { } state)
            return null;
        var result = await Handler(http).PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = credential, AssertionState = state });
        if (result.Succeeded)
            return new VerifiedPasskey(result.User.Id, result.Passkey);
        log.PasskeyRefused(result.Failure.Message);
        return null;
    }

    /// <summary>The new passkey; null when the answer does not prove what was asked.</summary>
    internal async Task<UserPasskeyInfo?> RegisteredAsync(HttpContext http, Guid personId, string? challenge, string? credential)
    {
        if (credential is not { Length: > 0 and <= LongestAnswer } || !Guid.TryParse(challenge, out var id) || await challenges.TakeAsync(id, PasskeyUse.Register, personId, http.RequestAborted) is not { } state)
            return null;
        var result = await Handler(http).PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = credential, AttestationState = state });
        if (result.Succeeded)
            return result.Passkey;
        log.PasskeyRefused(result.Failure.Message);
        return null;
    }

    private PasskeyHandler<Person> Handler(HttpContext http)
    {
        var (host, port) = (Host, http.Request.Host.Port);
        return new PasskeyHandler<Person>(people, Options.Create(new IdentityPasskeyOptions
        {
            ServerDomain = host,
            // What unlocks the device is the second factor, and the device knows whose account it opens.
            UserVerificationRequirement = "required",
            ResidentKeyRequirement = "required",
            AttestationConveyancePreference = "none",
            ValidateOrigin = origin => ValueTask.FromResult(!origin.CrossOrigin && origin.TopOrigin is null && IsOwnOrigin(origin.Origin, host, port)),
        }));
    }

    // Browsers give passkeys to secure contexts only: https, or http under localhost. A proxy that ends TLS may leave the scheme as
    // http, so the scheme of the request is not asked.
    internal static bool IsOwnOrigin(string origin, string host, int? port)
    {
        if (origin == "https://" + host + (port is null or 443 ? "" : $":{port}"))
            return true;
        return host.EndsWith(".localhost", StringComparison.Ordinal) && origin == "http://" + host + (port is null or 80 ? "" : $":{port}");
    }
}
