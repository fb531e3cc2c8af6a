using System.Text.RegularExpressions;

namespace SecureBase.Core.Support.Macros;

/// <summary>What a placeholder in a macro can stand for.</summary>
public sealed record MacroValues
{
    public required TicketView Ticket { get; init; }
    /// <summary>The customer organisation's name.</summary>
    public required string Organisation { get; init; }
    /// <summary>Who inserts the macro.</summary>
    public required string Agent { get; init; }
}

/// <summary>
/// Placeholders such as <c>{{requester.first_name}}</c>. Values are other people's words: they are inserted so that Markdown
/// does not read them as markup.
/// </summary>
public static partial class MacroPlaceholders
{
    private static readonly Dictionary<string, (string Means, Func<MacroValues, string> Value)> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["requester.first_name"] = ("The requester’s first name", v => FirstWord(v.Ticket.Requester.Name)),
        ["requester.name"] = ("The requester’s name", v => v.Ticket.Requester.Name),
        ["ticket.number"] = ("The ticket’s number", v => v.Ticket.Number),
        ["ticket.subject"] = ("The ticket’s subject", v => v.Ticket.Subject),
        ["organisation"] = ("The customer’s organisation", v => v.Organisation),
        ["agent.first_name"] = ("Your first name", v => FirstWord(v.Agent)),
        ["agent.name"] = ("Your name", v => v.Agent),
    };

    /// <summary>All placeholders, each with what it means.</summary>
    public static IReadOnlyList<(string Name, string Means)> All { get; } = [.. Known.Select(k => (k.Key, k.Value.Means))];

    /// <summary>The text with every placeholder filled in.</summary>
    public static string Fill(string body, MacroValues values) =>
        Pattern.Replace(body, found => Known.TryGetValue(Name(found), out var known) ? Escaped(known.Value(values)) : found.Value);

    /// <summary>Placeholders in the text that mean nothing, as written.</summary>
    public static IReadOnlyList<string> Unknown(string body) =>
        [.. Pattern.Matches(body).Where(found => !Known.ContainsKey(Name(found))).Select(found => found.Value).Distinct()];

    private static string Name(Match placeholder) => placeholder.Groups[1].Value.Trim();

    private static string FirstWord(string name) => name.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, ..] ? first : name;

    // What stands for itself in Markdown wherever it appears, except in names' usual signs.
    private static string Escaped(string value) => Markup.Replace(value, @"\$0");

    [GeneratedRegex(@"\{\{([^{}]*)\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern { get; }

    [GeneratedRegex(@"[\\`*_\[\]<>#|~!]", RegexOptions.CultureInvariant)]
    private static partial Regex Markup { get; }
}
