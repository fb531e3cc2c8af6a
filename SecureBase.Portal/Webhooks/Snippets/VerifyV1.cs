using System.Globalization;
using System.Security.Cryptography;
using System.Text;

public static class VerifyV1
{
    /// <param name="header">The value of a header by its name; null when it is absent.</param>
    /// <param name="body">The bytes as they came, before anything parses them.</param>
    public static bool Verify(string secret, Func<string, string?> header, byte[] body, DateTimeOffset now)
    {
        var (id, timestamp, signatures) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
        if (id is null || signatures is null || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || Math.Abs(now.ToUnixTimeSeconds() - at) > 300)
            return false;
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = Encoding.ASCII.GetBytes($"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, content))}");
        // Two signatures come while a secret is being rotated: one that fits is enough.
        return signatures.Split(' ').Any(signature => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected));
    }
}
