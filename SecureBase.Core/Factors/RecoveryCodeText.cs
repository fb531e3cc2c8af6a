using System.Security.Cryptography;
using System.Text;

namespace SecureBase.Core.Factors;

/// <summary>A recovery code as people read and type it: four groups of six, of letters and digits that are not mistaken for each other.</summary>
internal static class RecoveryCodeText
{
    internal const int PerPerson = 10;
    private const int Length = 24;
    private const int Group = 6;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    internal static string New() => string.Join('-', RandomNumberGenerator.GetString(Alphabet, Length).Chunk(Group).Select(group => new string(group)));

    /// <summary>The hash of a code as typed, in any case, with or without its hyphens; null for what is no code.</summary>
    internal static byte[]? Hash(string? typed)
    {
        var plain = string.Concat((typed ?? "").Where(c => c != '-' && !char.IsWhiteSpace(c))).ToLowerInvariant().Replace('o', '0').Replace('i', '1').Replace('l', '1');
        return plain.Length == Length && plain.All(Alphabet.Contains) ? SHA256.HashData(Encoding.ASCII.GetBytes(plain)) : null;
    }
}
