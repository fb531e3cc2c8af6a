using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace SecureBase.Core.Accounts;

/// <summary>The secret of a mailed link: 32 random bytes in base62 (43 characters).</summary>
internal static class OneTimeToken
{
    internal const int Length = 43;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    internal static string New()
    {
        Span<byte> bytes = stackalloc byte[32];
        RandomNumberGenerator.Fill(bytes);
        var number = new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
        var text = new char[Length];
        for (var i = Length - 1; i >= 0; i--)
        {
            number = BigInteger.DivRem(number, Alphabet.Length, out var digit);
            text[i] = Alphabet[(int)digit];
        }
        return new string(text);
    }

    /// <summary>SHA-256 of a token's text; of anything else the hash of nothing, which no link has.</summary>
    internal static byte[] Hash(string? token)
    {
        var text = token.AsSpan().Trim();
        if (text.Length != Length || text.ContainsAnyExcept(AlphabetSet))
            return [];
        Span<byte> ascii = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(text, ascii);
        return SHA256.HashData(ascii);
    }
}
