using System.Text;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Identity;

/// <summary>What a password must not be made of.</summary>
/// <param name="Organisation">The tenant's name.</param>
/// <param name="Slug">The first label of its address.</param>
public sealed record PasswordOwner(string? Email, string? Organisation, string? Slug);

/// <summary>
/// What every new password must meet, wherever it is set. Length and knowledge decide, never composition (NIST SP 800-63B §3.1.1.2,
/// OWASP ASVS 5.0 §6.2): 12 to 128 characters of any kind, not common, not made of what everybody knows of its owner.
/// </summary>
/// <remarks>
/// A character is a Unicode code point after normalisation as RFC 8265 asks of passwords (OpaqueString): every space becomes U+0020,
/// the rest is composed (NFC), and nothing else changes; so "é" is the same typed on any keyboard. Compatibility forms stay
/// apart, because NFKC would make different characters equal.
/// </remarks>
public static class PasswordRules
{
    public const int Min = 12;
    public const int Max = 128;

    /// <summary>A UTF-16 text longer than this cannot be a password, and no time is spent on it.</summary>
    internal const int MaxUnits = 4 * Max;

    /// <summary>Shorter names would forbid half the dictionary.</summary>
    private const int ShortestName = 4;

    /// <summary>The form in which passwords are compared and hashed; null for what can be none: nothing, broken Unicode, or longer than any.</summary>
    public static string? Normalize(string? password)
    {
        if (password is not { Length: > 0 and <= MaxUnits })
            return null;
        for (var i = 0; i < password.Length; i++)
        {
            if (char.IsSurrogate(password[i]) && (i + 1 == password.Length || !char.IsSurrogatePair(password[i], password[++i])))
                return null;
        }
        var spaces = new StringBuilder(password.Length);
        foreach (var c in password)
            spaces.Append(char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.SpaceSeparator ? ' ' : c);
        return spaces.ToString().Normalize(NormalizationForm.FormC);
    }

    /// <summary>Null when the password may be set; otherwise what is wrong with it and what to do.</summary>
    /// <param name="field">The field's name as in the API.</param>
    public static FieldError? Check(string? password, PasswordOwner owner, string field = "password")
    {
        if (password is { Length: > MaxUnits })
            return new(field, $"A password has at most {Max} characters.");
        if (Normalize(password) is not { } text)
            return new(field, string.IsNullOrEmpty(password) ? $"Choose a password of {Min} to {Max} characters." : "This password holds a broken character. Type it again.");
        var length = text.EnumerateRunes().Count();
        if (length < Min)
            return new(field, $"A password has at least {Min} characters; this one has {length}. Four unrelated words are long and easy to remember.");
        if (length > Max)
            return new(field, $"A password has at most {Max} characters; this one has {length}.");
        if (CommonPasswords.Describe(text) is { } common)
            return new(field, $"{common} Passwords like it are tried first by whoever breaks in. Take four unrelated words, or let a password manager make one.");
        if (KnownPart(text, owner) is { } known)
            return new(field, $"This password holds {known}, which everybody can guess. Leave it out.");
        return null;
    }

    /// <inheritdoc cref="Check(string?, PasswordOwner, string)"/>
    public static FieldError? Check(string? password, string? email, TenantInfo tenant, string field = "password") => Check(password, new PasswordOwner(email, tenant.Name, tenant.Slug), field);

    private static string? KnownPart(string text, PasswordOwner owner)
    {
        var folded = CommonPasswords.Letters(text);
        var mailName = owner.Email is { } email && email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? email[..at] : null;
        foreach (var (known, words) in new[] { (mailName, "your e-mail name"), (owner.Organisation, "your organisation's name"), (owner.Slug, "your organisation's address") })
        {
            if (known is not null && CommonPasswords.Letters(known) is { Length: >= ShortestName } part && folded.Contains(part, StringComparison.Ordinal))
                return words;
        }
        return folded.Contains("securebase", StringComparison.Ordinal) ? "the name of this product" : null;
    }
}
