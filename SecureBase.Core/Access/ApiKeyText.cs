using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace SecureBase.Core.Access;

/// <summary>The text of an API key: <c>sb_live_</c> and 32 random bytes in base62 (43 characters).</summary>
public static class ApiKeyText
{
    public const string Prefix = "sb_live_";
    private const int Digits = 43;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    public static string New()
    {
        Span<byte> bytes = stackalloc byte[32];
        RandomNumberGenerator.Fill(bytes);
        var number = new System.Numerics.BigInteger(bytes, isUnsigned: true, isBigEndian: true);
        var text = new char[Digits];
        for (var i = Digits - 1; i >= 0; i--)
        {
            number = System.Numerics.BigInteger.DivRem(number, Alphabet.Length, out var digit);
            text[i] = Alphabet[(int)digit];
        }
        return Prefix + new string(text);
    }

    /// <summary>What a key's holder may be told it by.</summary>
    public static string LastFour(string text) => text[^4..];

    /// <summary>SHA-256 of a text of ours.</summary>
    /// <exception cref="FormatException">It does not have a key's shape.</exception>
    public static byte[] Hash(string text) => TryHash(text, out var hash) ? hash : throw new FormatException("This is no API key.");

    /// <summary>SHA-256 of the text if it has a key's shape; a key has 256 random bits, so a plain hash cannot be guessed back.</summary>
    public static bool TryHash(ReadOnlySpan<char> text, out byte[] hash)
    {
        hash = [];
        if (text.Length != Prefix.Length + Digits || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length..].ContainsAnyExcept(AlphabetSet))
            return false;
        Span<byte> ascii = stackalloc byte[text.Length];
        Encoding.ASCII.GetBytes(text, ascii);
        hash = SHA256.HashData(ascii);
        return true;
    }
}
