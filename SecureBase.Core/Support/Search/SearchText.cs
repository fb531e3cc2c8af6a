using System.Text;
using System.Text.RegularExpressions;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Search;

/// <summary>A word or phrase to be found.</summary>
/// <param name="Text">As typed, without quotation marks.</param>
/// <param name="IsPhrase">It stood in quotation marks: as it is, not as a beginning.</param>
public readonly record struct SearchTerm(string Text, bool IsPhrase);

/// <summary>
/// What somebody typed into a search box, taken apart: words and "phrases", all of which must be found, and <c>tag:</c>,
/// <c>status:</c>, <c>assignee:</c>, <c>team:</c>, <c>priority:</c>, <c>category:</c>. Forgiving: whatever means nothing as a filter is searched as
/// words, an unclosed quotation mark ends with the text, and a status may be called by its beginning or another common name.
/// </summary>
public sealed partial record SearchText
{
    /// <summary>More words than this are left out: they would hardly narrow what the first have found.</summary>
    public const int MostTerms = 8;

    /// <summary>Stands for "whoever searches" after <c>assignee:</c>.</summary>
    public const string Me = "me";

    private static readonly string[] Nobodies = ["none", "nobody", "unassigned"];

    private static readonly Dictionary<string, TicketStatus[]> OtherNames = new(StringComparer.Ordinal)
    {
        ["new"] = [TicketStatus.Open],
        ["pending"] = [TicketStatus.WaitingCustomer],
        ["solved"] = [TicketStatus.Resolved],
        ["done"] = [TicketStatus.Resolved, TicketStatus.Closed],
        ["active"] = [TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer],
        ["unresolved"] = [TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer],
    };

    private static readonly SearchText Nothing = new();

    /// <summary>All must be found.</summary>
    public IReadOnlyList<SearchTerm> Terms { get; private init; } = [];
    /// <summary>All must be there.</summary>
    public IReadOnlyList<string> Tags { get; private init; } = [];
    /// <summary>Any of them; empty means any status.</summary>
    public IReadOnlyList<TicketStatus> Statuses { get; private init; } = [];
    /// <summary>Any of them; empty means any priority.</summary>
    public IReadOnlyList<TicketPriority> Priorities { get; private init; } = [];
    /// <summary>Any of them; empty means any category.</summary>
    public IReadOnlyList<TicketCategory> Categories { get; private init; } = [];
    /// <summary>Parts of a name, or <see cref="Me"/>; any of them.</summary>
    public IReadOnlyList<string> Assignees { get; private init; } = [];
    /// <summary>Tickets of nobody, too.</summary>
    public bool Unassigned { get; private init; }
    /// <summary>Parts of a team's name; any of them.</summary>
    public IReadOnlyList<string> Teams { get; private init; } = [];
    /// <summary>Tickets of no team, too.</summary>
    public bool Teamless { get; private init; }

    public static SearchText Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Nothing;
        var parts = Parts().Matches(Straightened(text));
        var (terms, tags, assignees, teams) = (new List<SearchTerm>(), new List<string>(), new List<string>(), new List<string>());
        var (statuses, priorities, categories) = (new List<TicketStatus>(), new List<TicketPriority>(), new List<TicketCategory>());
        var (unassigned, teamless) = (false, false);
        foreach (Match part in parts)
        {
            var (key, quoted) = (part.Groups["key"].Value.ToLowerInvariant(), part.Groups["phrase"].Success);
            var value = (quoted ? part.Groups["phrase"] : part.Groups["word"]).Value.Trim();
            if (value.Length == 0)
                continue;
            var lower = value.ToLowerInvariant();
            var isFilter = key switch
            {
                "tag" or "tags" => Added(tags, [lower.TrimStart('#')]),
                "status" or "is" => Added(statuses, StatusesOf(lower)),
                "priority" => Added(priorities, Beginning<TicketPriority>(lower)),
                "category" => Added(categories, Beginning<TicketCategory>(lower)),
                "assignee" or "assigned" when Nobodies.Contains(lower) => unassigned = true,
                "assignee" or "assigned" => Added(assignees, [lower]),
                "team" when Nobodies.Contains(lower) => teamless = true,
                "team" => Added(teams, [lower]),
                _ => false,
            };
            if (!isFilter && terms.Count < MostTerms)
                terms.Add(key.Length == 0 ? new SearchTerm(value, quoted) : new SearchTerm($"{part.Groups["key"].Value}:{value}", quoted));
        }
        return new SearchText
        {
            Terms = terms, Tags = [.. tags.Distinct()], Statuses = [.. statuses.Distinct()], Priorities = [.. priorities.Distinct()], Categories = [.. categories.Distinct()],
            Assignees = [.. assignees.Distinct()], Unassigned = unassigned, Teams = [.. teams.Distinct()], Teamless = teamless,
        };
    }

    /// <summary>A ticket's number as it is written: <c>ACME-1042</c> for <c>acme1042</c>, <c>#acme-1042</c>; the digits alone for <c>1042</c> and <c>#1042</c>; null for another word.</summary>
    internal static string? NumberIn(string word) => Number().Match(word) is { Success: true } match
        ? match.Groups["slug"].Value is { Length: > 0 } slug ? $"{slug.ToUpperInvariant()}-{match.Groups["digits"].Value}" : match.Groups["digits"].Value
        : null;

    private static bool Added<T>(List<T> values, T[] more)
    {
        values.AddRange(more);
        return more.Length > 0;
    }

    private static TicketStatus[] StatusesOf(string word) => OtherNames.TryGetValue(word, out var known) ? known : Beginning<TicketStatus>(word);

    // "in_progress" and "in progress" are the same word to people.
    private static T[] Beginning<T>(string word) where T : struct, Enum
    {
        var spelled = word.Replace('_', '-').Replace(' ', '-');
        return [.. Enum.GetValues<T>().Where(v => WireName.Of(v).StartsWith(spelled, StringComparison.Ordinal))];
    }

    // Phones and office programs write quotation marks of their own.
    private static string Straightened(string text)
    {
        var straight = new StringBuilder(text.Length);
        foreach (var letter in text)
            straight.Append(letter is '“' or '”' or '„' or '‟' or '«' or '»' ? '"' : letter);
        return straight.ToString();
    }

    [GeneratedRegex("""(?:(?<key>[A-Za-z]{2,10}):)?(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))""", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();

    [GeneratedRegex("^#?(?:(?<slug>[A-Za-z][A-Za-z0-9]{0,5}?)-?)?(?<digits>[0-9]{1,9})$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
