using System.Globalization;
using System.Text;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;

namespace SecureBase.Portal.Support;

/// <summary>List state as a query string, and back. Values that mean nothing are dropped, so that any address shows a list.</summary>
internal static class QueryText
{
    private const string Nobody = "none";

    /// <summary>A comma-separated list of contract words; unknown words are ignored.</summary>
    internal static IReadOnlyList<T> Words<T>(string? text) where T : struct, Enum =>
        [.. Split(text).Where(w => WireName.TryParse<T>(w, out _)).Select(WireName.Parse<T>).Distinct()];

    internal static IReadOnlyList<string> Split(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static string? Join<T>(IReadOnlyList<T> values) where T : struct, Enum =>
        values.Count == 0 ? null : string.Join(',', values.Select(WireName.Of));

    internal static string? Join(IReadOnlyList<string> values) => values.Count == 0 ? null : string.Join(',', values);

    /// <summary>What to search for, trimmed and within the limit.</summary>
    internal static string Search(string text) => text.Trim() is { Length: > TicketRules.SearchMax } longer ? longer[..TicketRules.SearchMax] : text.Trim();

    /// <summary>What can be tags, each once; at most as many as a ticket takes.</summary>
    internal static IReadOnlyList<string> Tags(string? text) =>
        [.. Split(text).Select(t => t.ToLowerInvariant()).Where(TicketRules.IsTag).Distinct().Take(TicketRules.TagsMax)];

    /// <summary>A page number, 1 when it is none.</summary>
    internal static int Page(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, 100_000) : 1;

    /// <summary>Somebody's id, <c>none</c> for nobody's tickets; null for anything else, which means everybody's.</summary>
    internal static Guid? Assignee(string? text) => text == Nobody ? Guid.Empty : Guid.TryParse(text, out var id) ? id : null;

    /// <summary>The opposite of <see cref="Assignee(string?)"/>.</summary>
    internal static string? Assignee(Guid? id) => id == Guid.Empty ? Nobody : id?.ToString();

    /// <summary>The path with the parts that say something, in the order given.</summary>
    internal static string Url(string path, params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var url = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in parts)
        {
            if (string.IsNullOrEmpty(value))
                continue;
            // Commas are legal in a query and keep the address readable.
            url.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value).Replace("%2C", ",", StringComparison.Ordinal));
            separator = '&';
        }
        return url.ToString();
    }

    /// <summary>The list with the value added, or taken out if it was there.</summary>
    internal static IReadOnlyList<T> Toggle<T>(IReadOnlyList<T> values, T value) =>
        values.Contains(value) ? [.. values.Where(v => !EqualityComparer<T>.Default.Equals(v, value))] : [.. values, value];
}
