using System.Security.Cryptography;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Tests.Isolation.Rows;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>
/// What somebody may know of a tenant's rows without being allowed to see them: ids, numbers, words, by table and column.
/// Every route, page and hub method takes its parameters from here.
/// </summary>
internal sealed class Clues
{
    private const string Cursor = "cursor";

    /// <summary>Parameters whose name says which column they hold; the others are the id of what the segment in front of them names.</summary>
    private static readonly Dictionary<string, string> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["entryId"] = "audit_entries.id",
        ["linkId"] = "ticket_links.id",
        ["tenant"] = "tenants.slug",
        ["slug"] = "tenants.slug",
        ["number"] = "tickets.number",
        ["person"] = "people.id",
        ["version"] = "tenant_logos.version",
    };

    private static readonly string[] TriedInQueries =
        ["tickets.id", "tickets.number", "tickets.subject", "tickets.tags", "tickets.assignee_id", "people.id", "tenants.slug", Cursor];

    private readonly Dictionary<string, string> _values;

    private Clues(Dictionary<string, string> values) => _values = values;

    /// <summary>Clues that lead to rows of this tenant.</summary>
    internal static Clues Of(RowPlanter tenant)
    {
        Dictionary<string, string> values = [];
        foreach (var row in tenant.Rows)
        {
            foreach (var (property, value) in row.Values)
            {
                var text = value switch { Guid id => id.ToString(), string word => word, string[] words => words[0], _ => null };
                if (text is not null)
                    values.Add($"{TenantModel.Table(row.Entity)}.{TenantModel.Column(property)}", text);
            }
        }
        var ticket = tenant.Rows.Single(r => TenantModel.Table(r.Entity) == "tickets");
        var createdAt = (DateTime)ticket[ticket.Entity.FindProperty("CreatedAt")!]!;
        values.Add(Cursor, new Cursor(createdAt, Guid.Parse(values["tickets.id"])).ToString());
        return new Clues(values);
    }

    /// <summary>Clues of the same shape that lead nowhere.</summary>
    internal Clues LeadingNowhere() => new(_values.ToDictionary(v => v.Key, v => v.Key == Cursor ? AnotherCursor(v.Value) : Another(v.Value)));

    /// <summary>A value, by table and column.</summary>
    internal string this[string place] => _values[place];

    /// <summary>What to try in a query parameter, whatever it is for.</summary>
    internal IEnumerable<KeyValuePair<string, string>> ForQuery => TriedInQueries.Select(place => KeyValuePair.Create(place, this[place]));

    /// <summary>Every id, for what takes any.</summary>
    internal IEnumerable<Guid> Ids => _values.Where(v => v.Key.EndsWith(".id", StringComparison.Ordinal)).Select(v => Guid.Parse(v.Value));

    /// <param name="surface">For the message when nothing fits.</param>
    /// <param name="segment">The last literal segment in front of the parameter.</param>
    internal string ForRoute(string surface, string parameter, string? segment)
    {
        if (ByName.TryGetValue(parameter, out var named))
            return this[named];
        var word = segment?.Replace('-', '_');
        var id = _values.Keys.FirstOrDefault(place => place == $"{word}.id") ?? _values.Keys.FirstOrDefault(place => place.EndsWith($"_{word}.id", StringComparison.Ordinal));
        return id is not null ? _values[id] : throw new InvalidOperationException(
            $"{surface}: no table is called '{word}', so the isolation suite does not know what {{{parameter}}} stands for. Add it to {nameof(Clues)}.{nameof(ByName)} with the table and column it holds.");
    }

    // As much or as little a tag as the first one: cursors are tried where tags are asked for, and what can be no tag is answered otherwise.
    private static string AnotherCursor(string text)
    {
        if (!Core.Kernel.Cursor.TryParse(text, out var cursor))
            throw new FormatException(text);
        string another;
        do
            another = new Cursor(cursor.At, Guid.CreateVersion7()).ToString();
        while (TicketRules.IsTag(another.ToLowerInvariant()) != TicketRules.IsTag(text.ToLowerInvariant()));
        return another;
    }

    private static string Another(string value) =>
        Guid.TryParse(value, out _) ? Guid.CreateVersion7().ToString() : RandomNumberGenerator.GetHexString(value.Length, lowercase: true);
}
