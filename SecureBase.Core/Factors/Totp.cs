using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SecureBase.Core.Factors;

/// <summary>Time-based one-time passwords (RFC 6238) as every authenticator app knows them: SHA-1, six digits, steps of 30 seconds.</summary>
public static class Totp
{
    public const int Digits = 6;
    public const int SecretLength = 20;
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private const string Base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretLength);

    public static long StepAt(DateTimeOffset at) => at.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    /// <summary>The code of one time step.</summary>
    public static string CodeOf(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[20];
#pragma warning disable CA5350 // The algorithm of RFC 6238 that the apps support; as a MAC it is not broken.
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        // Dynamic truncation: RFC 4226, section 5.3.
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 0x0f)..]) & 0x7fffffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is, of the present one and its two neighbours; null when it is none of theirs. Takes as long for a wrong code as for a right one.</summary>
    /// <param name="code">As typed: blanks are ignored.</param>
    public static long? Match(ReadOnlySpan<byte> secret, string? code, DateTimeOffset now)
    {
        var typed = string.Concat((code ?? "").Where(c => !char.IsWhiteSpace(c)));
        if (typed.Length != Digits || !typed.All(char.IsAsciiDigit))
            return null;
        var bytes = Encoding.ASCII.GetBytes(typed);
        long? found = null;
        for (var step = StepAt(now) - 1; step <= StepAt(now) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(bytes, Encoding.ASCII.GetBytes(CodeOf(secret, step))))
                found = step;
        }
        return found;
    }

    /// <summary>The secret as people type it into an app: base 32 (RFC 4648) without padding.</summary>
    public static string Base32(ReadOnlySpan<byte> secret)
    {
        var text = new StringBuilder((secret.Length * 8 / 5) + 1);
        var (buffer, bits) = (0, 0);
        foreach (var one in secret)
        {
            (buffer, bits) = (((buffer << 8) | one) & 0xfff, bits + 8);
            for (; bits >= 5; bits -= 5)
                text.Append(Base32Alphabet[(buffer >> (bits - 5)) & 31]);
        }
        if (bits > 0)
            text.Append(Base32Alphabet[(buffer << (5 - bits)) & 31]);
        return text.ToString();
    }

    /// <summary>What the QR code says: the Key URI format that authenticator apps read.</summary>
    /// <param name="issuer">Whose account it is; the app shows it above the code.</param>
    public static string KeyUri(ReadOnlySpan<byte> secret, string issuer, string account) => string.Create(CultureInfo.InvariantCulture,
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}?secret={Base32(secret)}&issuer={Uri.EscapeDataString(issuer)}&algorithm=SHA1&digits={Digits}&period={Step.TotalSeconds}");
}
