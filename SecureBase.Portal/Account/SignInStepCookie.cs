using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using SecureBase.Core.Access;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Account;

/// <summary>
/// Carries a half sign-in from the password to the second factor: an encrypted cookie of this host alone that names the attempt on the
/// server. It opens nothing else; copied to another tenant's host it cannot be read.
/// </summary>
internal sealed class SignInStepCookie(IDataProtectionProvider protection, TenantContext tenancy, IWebHostEnvironment environment)
{
    private const string Purpose = "SecureBase.SignInStep";

    private string Name => environment.IsDevelopment() ? "securebase-step" : "__Host-securebase-step";

    private ITimeLimitedDataProtector Protector => protection.CreateProtector(Purpose, tenancy.Tenant.Id.ToString()).ToTimeLimitedDataProtector();

    internal void Write(HttpContext http, HalfSignedIn half) =>
        http.Response.Cookies.Append(Name, Protector.Protect(half.AttemptId.ToString(), SignInAttempt.Lifetime), Options(http));

    /// <summary>The attempt's id; null without a cookie, or with one that is too old or not of this tenant.</summary>
    internal Guid? Read(HttpContext http)
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 } cookie)
            return null;
        try
        {
            return Guid.Parse(Protector.Unprotect(cookie));
        }
        catch (CryptographicException)
        {
            // Whoever made it, it was not this host within the last minutes.
            return null;
        }
    }

    internal void Delete(HttpContext http) => http.Response.Cookies.Delete(Name, Options(http));

    private CookieOptions Options(HttpContext http) => new()
    {
        Path = "/", HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = !environment.IsDevelopment() || http.Request.IsHttps, IsEssential = true,
    };
}
