using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace SecureBase.Core.Secrets;

/// <summary>
/// How the secrets of cookie and antiforgery keys stand in their XML: <c>&lt;sealed&gt;</c> holds an envelope of the whole
/// installation. Databases made before there were key ids hold <c>&lt;encryptedKey&gt;</c> instead, which stays readable.
/// </summary>
public static class ProtectionKeyXml
{
    private const string Sealed = "sealed";
    private const string FirstFormat = "encryptedKey";
    private const string Purpose = "data_protection_keys";
    private const int NonceSize = 12;
    private const int TagSize = 16;

    public static XElement Seal(SecretEnvelope envelope, XElement plain) =>
        new(Sealed, Convert.ToBase64String(envelope.Seal(Guid.Empty, Purpose, Encoding.UTF8.GetBytes(plain.ToString(SaveOptions.DisableFormatting)))));

    /// <exception cref="CryptographicException">No key of the ring opens it.</exception>
    public static XElement Open(SecretEnvelope envelope, KeyRing keys, XElement sealedElement)
    {
        var bytes = Convert.FromBase64String(sealedElement.Value);
        var plain = sealedElement.Name.LocalName == FirstFormat ? OpenFirstFormat(keys, bytes) : envelope.Open(Guid.Empty, Purpose, bytes);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }

    /// <summary>Whether a stored key's secret is not sealed under this master key.</summary>
    internal static bool IsOld(string stored, SecretKeyId current) => Secrets(XElement.Parse(stored)).Any(secret => IsOld(secret, current));

    /// <summary>A stored key with its secret sealed under the current master key; null when it is already.</summary>
    /// <exception cref="CryptographicException">No key of the ring opens it.</exception>
    internal static string? Reseal(string stored, SecretEnvelope envelope, KeyRing keys)
    {
        var xml = XElement.Parse(stored);
        var old = Secrets(xml).Where(secret => IsOld(secret, envelope.CurrentKey)).ToList();
        foreach (var secret in old)
            secret.ReplaceWith(Seal(envelope, Open(envelope, keys, secret)));
        return old.Count == 0 ? null : xml.ToString(SaveOptions.DisableFormatting);
    }

    private static IEnumerable<XElement> Secrets(XElement xml) => xml.DescendantsAndSelf().Where(e => e.Name.LocalName is Sealed or FirstFormat);

    private static bool IsOld(XElement secret, SecretKeyId current) =>
        !SecretEnvelope.TryReadKey(Convert.FromBase64String(secret.Value), out var key) || key != current || secret.Name.LocalName == FirstFormat;

    // Nonce, tag and ciphertext under the master key itself, which they do not name.
    private static byte[] OpenFirstFormat(KeyRing keys, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < NonceSize + TagSize)
            throw new AlteredSecretException(Purpose);
        var plain = new byte[bytes.Length - NonceSize - TagSize];
        foreach (var key in keys.Keys)
        {
            using var aes = new AesGcm(key.Master, TagSize);
            try
            {
                aes.Decrypt(bytes[..NonceSize], bytes[(NonceSize + TagSize)..], bytes.Slice(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(Purpose));
                return plain;
            }
            catch (AuthenticationTagMismatchException)
            {
                // Perhaps an older key sealed it.
            }
        }
        throw new AlteredSecretException(Purpose);
    }
}
