using System.Security.Cryptography;

namespace SecureBase.Tests.Isolation.Rows;

/// <summary>Words that occur nowhere but in the rows they were planted in: whoever shows one has shown that row.</summary>
internal sealed class Canaries
{
    private const int Shortest = 10;

    private readonly Dictionary<string, string> _places = [];

    internal IReadOnlyCollection<string> Words => _places.Keys;

    /// <param name="place">Table and column, for the message of a failed test.</param>
    /// <param name="maxLength">A column too short for a telling word gets one that is not watched for.</param>
    internal string New(string place, int? maxLength = null)
    {
        // Lower-case letters and digits: also a valid slug, tag, part of JSON and path of an address.
        var word = "zq" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(7));
        if (maxLength is { } max && max < word.Length)
        {
            word = word[^max..];
            if (max < Shortest)
                return word;
        }
        _places.Add(word, place);
        return word;
    }

    /// <summary>Watches for something that was not made here, such as an id.</summary>
    internal void Watch(string word, string place) => _places.TryAdd(word, place);

    /// <summary>Which planted words a text shows, by the places they came from; not counting what the reader had said first.</summary>
    internal IReadOnlyList<string> FoundIn(string text, params IEnumerable<string> said) =>
        [.. _places.Where(p => text.Contains(p.Key, StringComparison.OrdinalIgnoreCase) && !said.Any(s => s.Contains(p.Key, StringComparison.OrdinalIgnoreCase))).Select(p => p.Value)];
}
