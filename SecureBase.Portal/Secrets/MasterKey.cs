using System.Security.Cryptography;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Portal.Secrets;

/// <summary>The 256-bit key that encrypts what the database must not hold in the clear.</summary>
internal sealed class MasterKey
{
    public const string Setting = "SecureBase:MasterKey";
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>
    /// Takes the key from configuration, else from <c>master.key</c> in the data directory, which is made there (mode 0600) when
    /// <paramref name="mayCreate"/>: nodes that share a database must share the key, so only a private database makes its own.
    /// </summary>
    /// <exception cref="DatabaseSetupException">There is none, or it is not 32 bytes; the message says what to set.</exception>
    internal static MasterKey Load(IConfiguration configuration, string dataDirectory, bool mayCreate)
    {
        if (configuration[Setting] is { Length: > 0 } configured)
            return new MasterKey(Decode(configured, Setting));
        var file = Path.Combine(dataDirectory, "master.key");
        if (File.Exists(file))
            return new MasterKey(Decode(File.ReadAllText(file).Trim(), file));
        if (!mayCreate)
            throw new DatabaseSetupException($"Set {Setting} to 32 random bytes in base64 (openssl rand -base64 32), the same on every node.");
        var text = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeySize));
        PrivateFile.Write(file, System.Text.Encoding.ASCII.GetBytes(text));
        return new MasterKey(Decode(text, file));
    }

    /// <summary>AES-256-GCM; <paramref name="purpose"/> is bound as associated data, so that a text cannot be moved to another use.</summary>
    internal byte[] Encrypt(ReadOnlySpan<byte> plain, string purpose)
    {
        var sealedBytes = new byte[NonceSize + TagSize + plain.Length];
        var nonce = sealedBytes.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceSize + TagSize), sealedBytes.AsSpan(NonceSize, TagSize), System.Text.Encoding.UTF8.GetBytes(purpose));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">Another key, another purpose, or altered bytes.</exception>
    internal byte[] Decrypt(ReadOnlySpan<byte> sealedBytes, string purpose)
    {
        var plain = new byte[sealedBytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(sealedBytes[..NonceSize], sealedBytes[(NonceSize + TagSize)..], sealedBytes.Slice(NonceSize, TagSize), plain, System.Text.Encoding.UTF8.GetBytes(purpose));
        return plain;
    }

    private static byte[] Decode(string text, string where)
    {
        var key = new byte[KeySize];
        return Convert.TryFromBase64String(text, key, out var length) && length == KeySize
            ? key
            : throw new DatabaseSetupException($"{where} must hold 32 bytes in base64 (openssl rand -base64 32).");
    }
}
