namespace SecureBase.Core.Factors;

/// <summary>A secret for an authenticator app, to be shown once and proved by a code.</summary>
/// <param name="Secret">Base 32, for typing.</param>
/// <param name="KeyUri">For the QR code.</param>
public sealed record AuthenticatorOffer(string Secret, string KeyUri);

/// <summary>How a person proves who they are, as their security page shows it.</summary>
/// <param name="AuthenticatorSince">Null without an authenticator app.</param>
/// <param name="RecoveryCodesLeft">Unused ones.</param>
/// <param name="IsRequired">Whether the last factor may not be removed.</param>
public sealed record FactorOverview(DateTimeOffset? AuthenticatorSince, DateTimeOffset? AuthenticatorLastUsedAt, IReadOnlyList<PasskeyView> Passkeys, int RecoveryCodesLeft, bool IsRequired)
{
    public bool HasFactor => AuthenticatorSince is not null || Passkeys.Count > 0;
}

public sealed record PasskeyView(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, bool IsBackedUp);

/// <summary>Recovery codes in the clear, which nobody can read again. Empty when the old ones still hold.</summary>
public sealed record FreshRecoveryCodes(IReadOnlyList<string> Codes)
{
    public static readonly FreshRecoveryCodes None = new([]);
}

/// <summary>A sign-in that waits for its second factor.</summary>
/// <param name="MustEnrol">There is none yet.</param>
/// <param name="Offer">The authenticator app that is being set up.</param>
public sealed record WaitingSignIn(Guid AttemptId, Guid PersonId, string Email, bool MustEnrol, bool HasAuthenticator, bool HasPasskey, int RecoveryCodesLeft, AuthenticatorOffer? Offer);
