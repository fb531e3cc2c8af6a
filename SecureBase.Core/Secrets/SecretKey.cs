using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace SecureBase.Core.Secrets;

/// <summary>Names a master key without revealing anything of it: the first 64 bits of an HMAC under the key itself.</summary>
public readonly record struct SecretKeyId(ulong Value)
{
    internal const int Size = 8;

    internal static SecretKeyId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes));

    internal void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt64BigEndian(bytes, Value);

    /// <summary>16 hexadecimal digits, as logs, commands and messages show it.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>
/// A master key of 256 random bits. Nothing is encrypted under it directly: what seals is derived from it by HKDF-SHA256
/// (RFC 5869), so that a further use can never collide with this one.
/// </summary>
public sealed class SecretKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 32;

    private readonly byte[] _master;

    private SecretKey(byte[] master)
    {
        _master = master;
        Sealing = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, Size, info: "securebase seal 1"u8.ToArray());
        Id = SecretKeyId.Read(HMACSHA256.HashData(master, "securebase key id"u8));
    }

    public SecretKeyId Id { get; }

    internal byte[] Sealing { get; }

    /// <summary>The key itself, which sealed the keys of cookies before there were key ids.</summary>
    internal ReadOnlySpan<byte> Master => _master;

    /// <summary>A new random key.</summary>
    public static SecretKey New() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Reads a key written in base64.</summary>
    /// <returns>False when the text is not exactly 32 bytes in base64.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out SecretKey? key)
    {
        var bytes = new byte[Size];
        key = Convert.TryFromBase64String(text, bytes, out var length) && length == Size ? new SecretKey(bytes) : null;
        return key is not null;
    }

    /// <summary>The key in base64, for the file it is kept in and nothing else. <see cref="object.ToString"/> shows the id alone.</summary>
    public string ToBase64() => Convert.ToBase64String(_master);

    public override string ToString() => Id.ToString();
}
