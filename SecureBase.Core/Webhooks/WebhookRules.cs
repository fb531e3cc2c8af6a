using System.Buffers;
using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Webhooks.Targets;

namespace SecureBase.Core.Webhooks;

/// <summary>What an endpoint must be like, whoever makes it.</summary>
internal static class WebhookRules
{
    internal const int MaxRateLimit = 1_000;
    internal const int MaxHeaders = 20;
    internal const int MaxHeaderName = 64;
    internal const int MaxHeaderValue = 2_000;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What the request is made of, what routes it, and what would make one request look like two.
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Cookie", "User-Agent", "Date", "Accept-Encoding",
    };

    internal static Uri? Url(string? text, List<FieldError> errors)
    {
        if (WebhookTargets.TryParse(text, out var url, out var fault))
            return url;
        errors.Add(new("url", fault));
        return null;
    }

    internal static string[] Events(IReadOnlyList<string>? events, List<FieldError> errors)
    {
        if (events is null or [])
            errors.Add(new("events", "Name at least one event type, e.g. ticket.created."));
        else if (events.FirstOrDefault(e => EventCatalogue.Find(e) is null) is { } unknown)
            errors.Add(new("events", $"'{(unknown.Length > 60 ? unknown[..60] + "…" : unknown)}' is no event type. They are {string.Join(", ", EventCatalogue.All)}."));
        else if (events.Any(e => e is null))
            errors.Add(new("events", "An event type is a word, not null."));
        // In the catalogue's order, whatever order they came in.
        return events is null ? [] : [.. EventCatalogue.All.Select(type => type.Name).Where(name => events.Contains(name))];
    }

    internal static string? Description(string? text, List<FieldError> errors)
    {
        var description = text?.Trim() ?? "";
        if (description.Length > WebhookEndpoint.DescriptionMax)
            errors.Add(new("description", $"The description may have up to {WebhookEndpoint.DescriptionMax} characters; this one has {description.Length}."));
        if (description.Contains('\0', StringComparison.Ordinal))
            errors.Add(new("description", "The description contains a NUL character: take it out."));
        if (description.EnumerateRunes().Any(rune => rune == System.Text.Rune.ReplacementChar) && !description.Contains('\uFFFD', StringComparison.Ordinal))
            errors.Add(new("description", "The description contains half a character (an unpaired surrogate): take it out."));
        return description.Length == 0 ? null : description;
    }

    internal static int? RateLimit(int? perSecond, List<FieldError> errors)
    {
        if (perSecond is < 1 or > MaxRateLimit)
            errors.Add(new("rate_limit", $"The rate limit is 1 to {MaxRateLimit:N0} deliveries a second; leave it out for none."));
        return perSecond;
    }

    internal static IReadOnlyDictionary<string, string> Headers(IReadOnlyDictionary<string, string>? headers, List<FieldError> errors)
    {
        var kept = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (headers?.Count > MaxHeaders)
        {
            errors.Add(new("headers", $"Up to {MaxHeaders} custom headers are sent; these are {headers.Count}."));
            return kept;
        }
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            if (HeaderFault(name, value) is { } fault)
                errors.Add(new("headers", fault));
            else if (!kept.TryAdd(name, value))
                errors.Add(new("headers", $"The header {name} is given twice; names differ by more than case."));
        }
        return kept;
    }

    internal static byte[] WriteHeaders(IReadOnlyDictionary<string, string> headers) => JsonSerializer.SerializeToUtf8Bytes(headers);

    /// <summary>By name, whatever its case: the framework spells well-known names its own way.</summary>
    internal static IReadOnlyDictionary<string, string> ReadHeaders(byte[] json) => new Dictionary<string, string>(JsonSerializer.Deserialize<Dictionary<string, string>>(json)!, StringComparer.OrdinalIgnoreCase);

    internal static Error? Validate(WebhookQuery query) => CheckPage(query.Limit, WebhookQuery.MaxLimit, query.Cursor, text => Cursor.TryParse(text, out _));

    internal static Error? Validate(WebhookDeliveryQuery query)
    {
        if (CheckPage(query.Limit, WebhookDeliveryQuery.MaxLimit, query.Cursor, text => Guid.TryParseExact(text, "N", out _)) is { } invalid)
            return invalid;
        if (query.EventTypes.FirstOrDefault(type => EventCatalogue.Find(type) is null) is not null)
            return Error.Invalid("event_type", $"The event types are {string.Join(", ", EventCatalogue.All)}.");
        return query.From > query.To ? Error.Invalid("to", "The range ends before it begins.") : null;
    }

    private static Error? CheckPage(int limit, int max, string? cursor, Func<string, bool> isCursor)
    {
        List<FieldError> errors = [];
        if (limit < 1 || limit > max)
            errors.Add(new("limit", $"The limit is 1 to {max}."));
        if (cursor is not null && !isCursor(cursor))
            errors.Add(new("cursor", "This is no cursor of ours: take next_cursor from the previous page, unchanged."));
        return errors.Count > 0 ? Error.Invalid(errors) : null;
    }

    private static string? HeaderFault(string name, string? value)
    {
        if (name.Length is < 1 or > MaxHeaderName || name.AsSpan().ContainsAnyExcept(TokenCharacters))
            return $"A header's name is 1 to {MaxHeaderName} letters, digits and hyphens.";
        if (OwnHeaders.Contains(name) || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("sec-", StringComparison.OrdinalIgnoreCase))
            return $"The header {name} is ours to set; choose another name.";
        // RFC 9110: visible characters with single spaces or tabs between them.
        return value is null || value.Length is < 1 or > MaxHeaderValue || value.AsSpan().ContainsAnyExceptInRange(' ', '~') || value != value.Trim()
            ? $"The value of {name} is 1 to {MaxHeaderValue:N0} visible ASCII characters without spaces around it."
            : null;
    }
}
