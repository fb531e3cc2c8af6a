using Microsoft.AspNetCore.WebUtilities;

namespace SecureBase.Tests.Support;

/// <summary>An address's query as the framework hands it to a page: by name, null when it is missing.</summary>
internal sealed class Query(Dictionary<string, Microsoft.Extensions.Primitives.StringValues> values)
{
    internal static Query Of(string url) => new(QueryHelpers.ParseQuery(url.Contains('?', StringComparison.Ordinal) ? url[url.IndexOf('?', StringComparison.Ordinal)..] : ""));

    internal string? this[string name] => values.TryGetValue(name, out var value) ? value.ToString() : null;
}
