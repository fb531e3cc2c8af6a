using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Signing;

namespace SecureBase.Portal.Webhooks.Components;

/// <summary>An endpoint as it stands in the form.</summary>
internal sealed class EndpointDraft
{
    public string? Url { get; set; }
    public string? Description { get; set; }
    public HashSet<string> Events { get; } = new(StringComparer.Ordinal);
    public SignatureScheme Scheme { get; set; } = SignatureScheme.V1;
    public bool Ordered { get; set; }
    public string? RateLimit { get; set; }
    /// <summary>One a line, <c>Name: value</c>. In an edit empty keeps those there are.</summary>
    public string? Headers { get; set; }
    /// <summary>Takes the custom headers away that there are.</summary>
    public bool DropHeaders { get; set; }

    internal static EndpointDraft Of(WebhookView webhook)
    {
        var draft = new EndpointDraft
        {
            Url = webhook.Url, Description = webhook.Description, Scheme = webhook.Scheme, Ordered = webhook.Ordered, RateLimit = webhook.RateLimit?.ToString(CultureInfo.InvariantCulture),
        };
        draft.Events.UnionWith(webhook.Events);
        return draft;
    }

    internal void Choose(string type, bool chosen)
    {
        if (chosen)
            Events.Add(type);
        else
            Events.Remove(type);
    }

    internal void ChooseAll() => Events.UnionWith(EventCatalogue.All.Select(type => type.Name));

    internal (NewWebhook Request, Error? Problem) ToNew()
    {
        var problem = Read(out var limit, out var headers);
        return (new NewWebhook { Url = Url, Description = Description, Events = [.. Events], Scheme = Scheme, Ordered = Ordered, RateLimit = limit, Headers = headers }, problem);
    }

    internal (EditWebhook Request, Error? Problem) ToEdit()
    {
        var problem = Read(out var limit, out var headers);
        return (new EditWebhook
        {
            Url = Url ?? "", Description = Description ?? "", Events = [.. Events], Ordered = Ordered, RateLimit = limit ?? 0, Headers = headers.Count > 0 || DropHeaders ? headers : null,
        }, problem);
    }

    private Error? Read(out int? limit, out Dictionary<string, string> headers)
    {
        List<FieldError> errors = [];
        var text = RateLimit?.Replace(",", "", StringComparison.Ordinal).Trim();
        limit = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (!string.IsNullOrEmpty(text) && limit is null or 0)
            errors.Add(new("rate_limit", "A limit is a whole number from 1; leave it empty for none."));
        headers = [];
        foreach (var line in (Headers ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || !headers.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim()))
                errors.Add(new("headers", $"Write each header once and on a line of its own, as Name: value. This is none: {(line.Length > 60 ? line[..60] + "…" : line)}"));
        }
        return errors.Count > 0 ? Error.Invalid(errors) : null;
    }
}
