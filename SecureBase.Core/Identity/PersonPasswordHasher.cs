using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace SecureBase.Core.Identity;

/// <summary>PBKDF2 as Identity does it, over the normalised password, so that every place that sets or checks one agrees on what was typed.</summary>
internal sealed class PersonPasswordHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<Person>(options)
{
    /// <summary>What the OWASP Password Storage Cheat Sheet asks of PBKDF2-HMAC-SHA-512. A hash of fewer is written anew at its owner's next sign-in.</summary>
    internal const int Rounds = 210_000;

    public override string HashPassword(Person user, string password) =>
        base.HashPassword(user, PasswordRules.Normalize(password) ?? throw new ArgumentException("This can be no password: check it by the rules first.", nameof(password)));

    /// <summary>What can be no password is compared like one, so that the answer takes as long.</summary>
    public override PasswordVerificationResult VerifyHashedPassword(Person user, string hashedPassword, string providedPassword)
    {
        var result = base.VerifyHashedPassword(user, hashedPassword, PasswordRules.Normalize(providedPassword) ?? "");
        return providedPassword.Length is > 0 and <= PasswordRules.MaxUnits ? result : PasswordVerificationResult.Failed;
    }
}
