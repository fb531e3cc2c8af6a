using System.Text;

namespace SecureBase.Core.Identity;

/// <summary>
/// The bundled list of common and breached passwords, kept as the rules that make it. Lists of leaked passwords of twelve
/// characters and more hold little else than a known word or two dressed up, a walk over the keyboard, a run of the alphabet or a
/// short piece repeated. So a password is undressed (case, look-alike digits, what is put before and after it) and what remains is
/// looked up: some 500 words and 40 whole phrases stand for millions of entries, and need no file that ages.
/// </summary>
internal static class CommonPasswords
{
    private const int FewestDistinct = 5;
    private const int ShortestRun = 3;
    /// <summary>What may stand beside walks and runs without making the password any better.</summary>
    private const int Leftover = 3;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Words = CommonWords.All.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The rows one can walk along: keyboards, columns, alphabet, digits. Each is also walked backwards.</summary>
    private static readonly string[] Rows = WithReverse(
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "!@#$%^&*()", "147258369", "159357", "zaq12wsxcde34rfvbgt56yhnmju78ik");

    /// <summary>What makes the password common, as a sentence; null when nothing does.</summary>
    /// <param name="password">Normalised by <see cref="PasswordRules.Normalize"/>.</param>
    internal static string? Describe(string password)
    {
        var text = password.Trim().ToLowerInvariant();
        if (text.EnumerateRunes().Distinct().Count() < FewestDistinct)
            return "This password is made of very few different characters.";
        var unit = Unit(text);
        if (unit.Length <= 4 || (unit.Length < text.Length && (CoveredByRows(unit) || IsMadeOfWords(unit))))
            return "This password repeats a short piece.";
        if (CoveredByRows(text))
            return "This password is a row of the keyboard, the alphabet or the digits.";
        return IsMadeOfWords(text) ? "This password is a common one, however its letters and digits are arranged." : null;
    }

    /// <summary>Small letters and digits only, so that names are found however they are written.</summary>
    internal static string Letters(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c))
                kept.Append(c);
        }
        return kept.ToString();
    }

    /// <summary>The shortest piece that, repeated, makes the text; its last repetition may be cut off.</summary>
    private static string Unit(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            var repeats = true;
            for (var i = length; i < text.Length && repeats; i++)
                repeats = text[i] == text[i - length];
            if (repeats)
                return text[..length];
        }
        return text;
    }

    private static bool CoveredByRows(string text)
    {
        var bare = text.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);
        var uncovered = 0;
        for (var i = 0; i < bare.Length;)
        {
            var run = Math.Max(LongestRun(bare, i), LongestEcho(bare, i));
            if (run < ShortestRun)
            {
                uncovered++;
                i++;
            }
            else
            {
                i += run;
            }
        }
        return uncovered <= Leftover;
    }

    private static int LongestRun(string text, int from)
    {
        var longest = 0;
        foreach (var row in Rows)
        {
            for (var start = row.IndexOf(text[from], StringComparison.Ordinal); start >= 0; start = row.IndexOf(text[from], start + 1))
            {
                var length = 1;
                while (from + length < text.Length && start + length < row.Length && text[from + length] == row[start + length])
                    length++;
                longest = Math.Max(longest, length);
            }
        }
        return longest;
    }

    /// <summary>The same character again and again.</summary>
    private static int LongestEcho(string text, int from)
    {
        var length = 1;
        while (from + length < text.Length && text[from + length] == text[from])
            length++;
        return length;
    }

    private static bool IsMadeOfWords(string text) =>
        CommonWords.Phrases.Contains(Letters(text)) || Undressed(text).Any(letters => letters.Length > 0 && (CommonWords.Phrases.Contains(letters) || IsOneOrTwoWords(letters)));

    /// <summary>The letters that remain once the decoration is off: digits and signs around them, between them, and in place of letters.</summary>
    private static IEnumerable<string> Undressed(string text)
    {
        yield return Only(text);
        foreach (var like1 in "il")
        {
            var first = 0;
            var last = text.Length;
            while (first < last && !char.IsLetter(text[first]))
                first++;
            while (last > first && !char.IsLetter(text[last - 1]))
                last--;
            yield return Only(LookAlikes(text[first..last], like1));
            // "pa$$word": the sign is part of the word, so it is read before the ends are cut off, too.
            yield return Only(LookAlikes(text.TrimEnd([.. "0123456789!?.,*#-_ "]).TrimStart([.. "0123456789!?.,*#-_ "]), like1));
        }
    }

    private static string Only(string text) => string.Concat(text.Where(char.IsLetter));

    private static string LookAlikes(string text, char like1)
    {
        var letters = text.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = letters[i] switch
            {
                '0' => 'o', '1' or '!' or '|' => like1, '3' or '€' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '6' or '9' => 'g', '7' or '+' => 't', '8' => 'b',
                var other => other,
            };
        }
        return new string(letters);
    }

    private static bool IsOneOrTwoWords(string letters)
    {
        if (Unit(letters) is { } unit && Words.Contains(unit))
            return true;
        for (var cut = 1; cut < letters.Length; cut++)
        {
            if (Words.Contains(letters.AsSpan(0, cut)) && Words.Contains(letters.AsSpan(cut)))
                return true;
        }
        return false;
    }

    private static string[] WithReverse(params string[] rows) => [.. rows, .. rows.Select(row => string.Concat(row.Reverse()))];
}
