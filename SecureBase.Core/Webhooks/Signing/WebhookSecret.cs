using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SecureBase.Core.Webhooks.Signing;

/// <summary>How deliveries to an endpoint are signed (Standard Webhooks 1.0.0).</summary>
public enum SignatureScheme
{
    /// <summary>HMAC-SHA256 with a secret that both sides hold.</summary>
    V1,
    /// <summary>Ed25519: the receiver verifies with a public key and can forge nothing.</summary>
    V1a,
}

/// <summary>
/// What an endpoint's deliveries are signed with: random bytes for <see cref="SignatureScheme.V1"/>, an Ed25519 seed for
/// <see cref="SignatureScheme.V1a"/>. Its texts are those of the standard: <c>whsec_</c>, <c>whsk_</c>, <c>whpk_</c> and base64.
/// </summary>
public sealed class WebhookSecret
{
    public const string SymmetricPrefix = "whsec_";
    public const string PrivatePrefix = "whsk_";
    public const string PublicPrefix = "whpk_";

    /// <summary>Bytes a symmetric secret may have (the standard's limits); a new one has 32.</summary>
    public const int MinSize = 24;
    public const int MaxSize = 64;

    private const int NewSize = 32;

    private readonly byte[] _bytes;

    private WebhookSecret(SignatureScheme scheme, byte[] bytes)
    {
        (Scheme, _bytes) = (scheme, bytes);
        if (scheme == SignatureScheme.V1)
        {
            VerificationText = SymmetricPrefix + Convert.ToBase64String(bytes);
        }
        else
        {
            using var key = new Ed25519Key(bytes);
            VerificationText = PublicPrefix + Convert.ToBase64String(key.PublicKey);
        }
    }

    public SignatureScheme Scheme { get; }

    /// <summary>What the receiver verifies with: the secret itself, or the public key.</summary>
    public string VerificationText { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    public static WebhookSecret New(SignatureScheme scheme) => new(scheme, RandomNumberGenerator.GetBytes(scheme == SignatureScheme.V1 ? NewSize : Ed25519Key.Size));

    /// <summary>Reads <c>whsec_…</c> or <c>whsk_…</c>; the prefix tells the scheme.</summary>
    /// <returns>False when the prefix is another, the rest is no base64, or its length is outside the standard's limits.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookSecret? secret)
    {
        secret = null;
        var symmetric = text?.StartsWith(SymmetricPrefix, StringComparison.Ordinal) == true;
        if (!symmetric && text?.StartsWith(PrivatePrefix, StringComparison.Ordinal) != true)
            return false;
        var bytes = new byte[MaxSize];
        if (!Convert.TryFromBase64String(text![(symmetric ? SymmetricPrefix : PrivatePrefix).Length..], bytes, out var length))
            return false;
        if (symmetric ? length < MinSize : length != Ed25519Key.Size)
            return false;
        secret = new WebhookSecret(symmetric ? SignatureScheme.V1 : SignatureScheme.V1a, bytes[..length]);
        return true;
    }

    /// <summary>The secret as it is sealed: bytes alone, whose scheme the endpoint knows.</summary>
    internal static WebhookSecret FromBytes(SignatureScheme scheme, byte[] bytes) => new(scheme, bytes);

    /// <summary>The secret part as text, for whoever signs. <see cref="object.ToString"/> shows nothing of it.</summary>
    internal string ToPrivateText() => (Scheme == SignatureScheme.V1 ? SymmetricPrefix : PrivatePrefix) + Convert.ToBase64String(_bytes);

    public override string ToString() => $"secret of scheme {Scheme}";
}
