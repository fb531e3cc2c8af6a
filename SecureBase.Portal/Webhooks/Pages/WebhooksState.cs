using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;
using SecureBase.Portal.Support;

namespace SecureBase.Portal.Webhooks.Pages;

/// <summary>What of a delivery's attempt is shown.</summary>
public enum ExchangePane { Request, Response, Bytes }

/// <summary>How far back the log goes.</summary>
public enum LogSpan { Hour, Day, Week, All }

/// <summary>What the page of webhooks shows, as its address.</summary>
public sealed record WebhooksState
{
    internal const int PageSize = 25;

    /// <summary>The endpoint whose log is shown; null for the first.</summary>
    public Guid? Endpoint { get; init; }
    public IReadOnlyList<DeliveryStatus> Statuses { get; init; } = [];
    public IReadOnlyList<string> Types { get; init; } = [];
    public LogSpan Span { get; init; } = LogSpan.Day;
    /// <summary>What is searched for: a ticket's number, or the id of a delivery, an event or what it is about.</summary>
    public string? About { get; init; }
    public Guid? Delivery { get; init; }
    /// <summary>The number of the attempt shown; null for the last.</summary>
    public int? Attempt { get; init; }
    public ExchangePane Pane { get; init; }
    public string? Cursor { get; init; }

    public string Url => QueryText.Url("/webhooks",
        ("endpoint", Endpoint?.ToString()),
        ("status", QueryText.Join(Statuses)),
        ("type", QueryText.Join(Types)),
        ("span", Span == LogSpan.Day ? null : WireName.Of(Span)),
        ("about", About),
        ("cursor", Cursor),
        ("delivery", Delivery?.ToString()),
        ("attempt", Attempt?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("pane", Pane == ExchangePane.Request ? null : WireName.Of(Pane)));

    /// <summary>The address of the list, whatever is open of it.</summary>
    internal string ListUrl => (this with { Delivery = null, Attempt = null, Pane = ExchangePane.Request }).Url;

    internal bool IsFiltered => Statuses.Count > 0 || Types.Count > 0 || About is not null;

    /// <summary>Another list; what was open of the old one is not.</summary>
    internal WebhooksState Listing(Func<WebhooksState, WebhooksState> change) => change(this) with { Cursor = null, Delivery = null, Attempt = null, Pane = ExchangePane.Request };

    /// <param name="about">The id that <see cref="About"/> means.</param>
    internal WebhookDeliveryQuery ToQuery(Guid endpoint, Guid? about, DateTimeOffset now) => new()
    {
        WebhookId = endpoint,
        Statuses = Statuses,
        EventTypes = Types,
        About = about,
        From = Span switch
        {
            LogSpan.Hour => now.AddHours(-1),
            LogSpan.Day => now.AddDays(-1),
            LogSpan.Week => now.AddDays(-7),
            _ => null,
        },
        Limit = PageSize,
        Cursor = Cursor,
    };

    internal static WebhooksState Parse(string? endpoint, string? status, string? type, string? span, string? about, string? delivery, string? attempt, string? pane, string? cursor) => new()
    {
        Endpoint = Id(endpoint),
        Statuses = QueryText.Words<DeliveryStatus>(status),
        Types = [.. QueryText.Split(type).Where(name => EventCatalogue.Find(name) is not null).Distinct(StringComparer.Ordinal)],
        Span = WireName.TryParse<LogSpan>(span, out var far) ? far : LogSpan.Day,
        About = string.IsNullOrWhiteSpace(about) ? null : QueryText.Search(about),
        Delivery = Id(delivery),
        Attempt = int.TryParse(attempt, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null,
        Pane = WireName.TryParse<ExchangePane>(pane, out var shown) ? shown : ExchangePane.Request,
        Cursor = string.IsNullOrWhiteSpace(cursor) ? null : cursor,
    };

    private static Guid? Id(string? text) => Guid.TryParseExact(text?.Trim(), "D", out var id) ? id : null;
}
