// Needs the package NSec.Cryptography.
using System.Globalization;
using System.Text;
using NSec.Cryptography;

public static class VerifyV1a
{
    /// <param name="header">The value of a header by its name; null when it is absent.</param>
    /// <param name="body">The bytes as they came, before anything parses them.</param>
    public static bool Verify(string publicKey, Func<string, string?> header, byte[] body, DateTimeOffset now)
    {
        var (id, timestamp, signatures) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
        if (id is null || signatures is null || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || Math.Abs(now.ToUnixTimeSeconds() - at) > 300)
            return false;
        var ed25519 = SignatureAlgorithm.Ed25519;
        var key = PublicKey.Import(ed25519, Convert.FromBase64String(publicKey["whpk_".Length..]), KeyBlobFormat.RawPublicKey);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        // Two signatures come while a key is being rotated: one that fits is enough.
        return signatures.Split(' ').Any(signature => signature.StartsWith("v1a,", StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[4..], new byte[64], out var length) && length == 64
            && ed25519.Verify(key, content, Convert.FromBase64String(signature[4..])));
    }
}
