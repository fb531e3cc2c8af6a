using System.Security.Cryptography;

namespace SecureBase.Core.Secrets;

/// <summary>A sealed secret names a master key that this node does not have. Nothing else is known about the secret.</summary>
public sealed class UnknownSecretKeyException(SecretKeyId key)
    : CryptographicException($"A secret is sealed under the master key {key}, which this node does not have. Add that key to SecureBase:OldMasterKeys, or to the key file below the current one.")
{
    public SecretKeyId Key { get; } = key;
}

/// <summary>
/// Bytes that are not a secret of the tenant and purpose they were opened for: altered, cut short, moved from elsewhere, or
/// never sealed. Which of these it is cannot be told, and must not be.
/// </summary>
public sealed class AlteredSecretException(string purpose, Exception? inner = null)
    : CryptographicException($"These bytes are not a secret sealed for this tenant as '{purpose}'.", inner)
{
    public string Purpose { get; } = purpose;
}

/// <summary>The master keys cannot be used as they are kept. The message is for the administrator; it holds no part of a key.</summary>
public sealed class UnusableKeysException(string message) : Exception(message);
