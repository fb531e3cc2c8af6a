using System.Security.Cryptography;
using System.Text;

namespace SecureBase.Core.Secrets;

/// <summary>
/// Seals what the database must not hold in the clear: AES-256-GCM (NIST SP 800-38D) under the current master key, with a
/// fresh random nonce each time. Key, tenant and purpose are bound as associated data, so sealed bytes that are moved to
/// another tenant, column or key do not open. A random nonce allows 2³² secrets per key; exchange keys long before.
/// </summary>
/// <remarks>Layout: version (1 byte, now 1), key id (8), nonce (12), tag (16), ciphertext (as long as the secret).</remarks>
public sealed class SecretEnvelope(KeyRing keys)
{
    /// <summary>How many bytes sealing adds.</summary>
    public const int Overhead = Header + NonceSize + TagSize;

    private const byte Version = 1;
    private const int Header = 1 + SecretKeyId.Size;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>The id of the key that <see cref="Seal"/> uses now.</summary>
    public SecretKeyId CurrentKey => keys.Current.Id;

    /// <summary>Seals a secret for one tenant and one use.</summary>
    /// <param name="tenantId">The tenant whose row holds it; <see cref="Guid.Empty"/> for what belongs to the installation as a whole.</param>
    /// <param name="purpose">What it is, the same for every row of a column, e.g. <c>totp</c>.</param>
    public byte[] Seal(Guid tenantId, string purpose, ReadOnlySpan<byte> plain)
    {
        var key = keys.Current;
        var sealedBytes = new byte[Overhead + plain.Length];
        sealedBytes[0] = Version;
        key.Id.Write(sealedBytes.AsSpan(1));
        var nonce = sealedBytes.AsSpan(Header, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Sealing, TagSize);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(Overhead), sealedBytes.AsSpan(Header + NonceSize, TagSize), Bound(sealedBytes.AsSpan(0, Header), tenantId, purpose));
        return sealedBytes;
    }

    /// <summary>The secret again.</summary>
    /// <exception cref="UnknownSecretKeyException">This node does not have the key.</exception>
    /// <exception cref="AlteredSecretException">The bytes were altered, or sealed for another tenant or purpose.</exception>
    public byte[] Open(Guid tenantId, string purpose, ReadOnlySpan<byte> sealedBytes)
    {
        if (!TryReadKey(sealedBytes, out var id))
            throw new AlteredSecretException(purpose);
        var key = keys.Find(id);
        var plain = new byte[sealedBytes.Length - Overhead];
        using var aes = new AesGcm(key.Sealing, TagSize);
        try
        {
            aes.Decrypt(sealedBytes.Slice(Header, NonceSize), sealedBytes[Overhead..], sealedBytes.Slice(Header + NonceSize, TagSize), plain, Bound(sealedBytes[..Header], tenantId, purpose));
            return plain;
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new AlteredSecretException(purpose, mismatch);
        }
    }

    /// <summary>Which key sealed these bytes, without opening them.</summary>
    /// <returns>False when they are not an envelope.</returns>
    public static bool TryReadKey(ReadOnlySpan<byte> sealedBytes, out SecretKeyId key)
    {
        var isEnvelope = sealedBytes.Length >= Overhead && sealedBytes[0] == Version;
        key = isEnvelope ? SecretKeyId.Read(sealedBytes[1..]) : default;
        return isEnvelope;
    }

    /// <summary>What every envelope sealed under this key begins with, for finding those that are not.</summary>
    internal static byte[] PrefixOf(SecretKeyId key)
    {
        var prefix = new byte[Header];
        prefix[0] = Version;
        key.Write(prefix.AsSpan(1));
        return prefix;
    }

    // Everything before the purpose has a fixed length, so no two bindings read alike.
    private static byte[] Bound(ReadOnlySpan<byte> header, Guid tenantId, string purpose)
    {
        var bound = new byte[Header + 16 + Encoding.UTF8.GetByteCount(purpose)];
        header.CopyTo(bound);
        tenantId.TryWriteBytes(bound.AsSpan(Header), bigEndian: true, out _);
        Encoding.UTF8.GetBytes(purpose, bound.AsSpan(Header + 16));
        return bound;
    }
}
