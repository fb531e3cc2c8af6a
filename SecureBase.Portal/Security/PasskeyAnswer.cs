namespace SecureBase.Portal.Security;

/// <summary>What js/passkeys.js answers.</summary>
/// <param name="Code">The error's, where the server refused.</param>
/// <param name="Codes">Recovery codes, where the passkey is the person's first factor.</param>
internal sealed record PasskeyAnswer(bool Ok, string? Code, string? Message, IReadOnlyList<string>? Codes);
