namespace SecureBase.Portal.Shared;

/// <summary>What stands in an avatar, and on which tint. The same name gives the same answer on every node and day.</summary>
internal static class Initials
{
    private static readonly string[] Tints = ["tint-brand", "tint-info", "tint-plum", "tint-plain"];
    private static readonly HashSet<string> Titles = new(StringComparer.OrdinalIgnoreCase) { "Dr", "Dr.", "Prof", "Prof.", "Mr", "Mr.", "Ms", "Ms.", "Mrs", "Mrs." };

    /// <summary>First letters of the first and the last name: <c>Dr. Samuel Okafor</c> is SO; empty for nobody.</summary>
    internal static string Of(string? name)
    {
        var words = (name ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(w => !Titles.Contains(w) && char.IsLetterOrDigit(w[0])).ToArray();
        return words switch
        {
            [] => "",
            [var only] => FirstLetter(only),
            [var first, .., var last] => FirstLetter(first) + FirstLetter(last),
        };
    }

    /// <summary>FNV-1a over the name; string.GetHashCode differs from process to process.</summary>
    internal static string TintOf(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name)
            hash = (hash ^ c) * 16777619u;
        return Tints[hash % (uint)Tints.Length];
    }

    private static string FirstLetter(string word) => System.Globalization.StringInfo.GetNextTextElement(word).ToUpperInvariant();
}
