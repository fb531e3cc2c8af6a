using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks.Signing;

namespace SecureBase.Core.Webhooks;

/// <summary>Who may do what with webhooks (product contract, section 2).</summary>
public static class WebhookPermissions
{
    private const string Scope = "webhooks:manage";

    public static readonly Permission Read = new("webhooks.read", Scope, [Roles.Admin, Roles.Manager, Roles.Analyst, Roles.PlatformAdmin]);
    /// <summary>See how the endpoints of all customers stand.</summary>
    public static readonly Permission Oversee = new("webhooks.oversee", "staff:support", Roles.Operator);
    public static readonly Permission Manage = new("webhooks.manage", Scope, [Roles.Admin, Roles.Manager, Roles.PlatformAdmin]);
}

public static class WebhookEvents
{
    /// <summary>Subject kind of endpoints, in audit, outbox and live signals.</summary>
    public const string Webhook = "webhook";

    public const string EndpointDisabled = "webhook.endpoint_disabled";
    public const string Test = "webhook.test";

    /// <summary>Kind of the signals that attempts to an endpoint were recorded.</summary>
    public const string Log = "webhook_log";

    /// <summary>Refreshes pages and nodes only: it is no type of the contract and is delivered to nobody.</summary>
    public const string Changed = "webhook.endpoint_changed";
}

/// <summary>What the outside world is told of webhooks themselves.</summary>
public static class WebhookEventTypes
{
    public static readonly EventType EndpointDisabled = EventType.Of(WebhookEvents.EndpointDisabled,
        "An endpoint was disabled because it answered 410 or failed for too long. Sent to your other endpoints.", () => Example() with
        {
            Status = EndpointStatus.Disabled, DisabledReason = "Every attempt failed for 5 days; the last one: The receiver answered 503.", DisabledAt = new DateTimeOffset(2026, 11, 18, 9, 0, 0, TimeSpan.Zero),
        });

    public static readonly EventType Test = EventType.Of(WebhookEvents.Test,
        "Somebody pressed the test button. Sent to that endpoint alone, whatever its filter, once and without retries.", Example);

    private static WebhookView Example() => new()
    {
        Id = new Guid("019a9a60-5500-7a55-9e01-7d6c5b4a3f21"),
        Url = "https://hooks.example.com/securebase",
        Description = "Ledger",
        Events = ["ticket.created", "ticket.resolved"],
        Scheme = SignatureScheme.V1,
        Ordered = false,
        HeaderNames = [],
        Status = EndpointStatus.Enabled,
        CreatedBy = "Jana Keller",
        CreatedAt = new DateTimeOffset(2026, 10, 1, 8, 0, 0, TimeSpan.Zero),
        Version = 1,
    };
}

/// <summary>An endpoint to create.</summary>
public sealed record NewWebhook
{
    /// <summary>HTTPS, port 443 or 8443, a public host.</summary>
    public string? Url { get; init; }
    /// <summary>At least one type of <see cref="EventCatalogue"/>.</summary>
    public IReadOnlyList<string>? Events { get; init; }
    /// <summary>Up to 400 characters.</summary>
    public string? Description { get; init; }
    /// <summary>Default v1. It stays what it is.</summary>
    public SignatureScheme? Scheme { get; init; }
    /// <summary>Whether events of one subject go one after another. Default false.</summary>
    public bool? Ordered { get; init; }
    /// <summary>Attempts a second, 1–1,000; null for no limit.</summary>
    public int? RateLimit { get; init; }
    /// <summary>Sent with every delivery, e.g. Authorization; up to 20.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}

/// <summary>What to change; a null field stays as it is.</summary>
public sealed record EditWebhook
{
    public string? Url { get; init; }
    public IReadOnlyList<string>? Events { get; init; }
    /// <summary>An empty text takes it away.</summary>
    public string? Description { get; init; }
    public bool? Ordered { get; init; }
    /// <summary>0 takes the limit away.</summary>
    public int? RateLimit { get; init; }
    /// <summary>All of them anew; an empty object takes them away.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
    /// <summary>Enabled or paused.</summary>
    public EndpointStatus? Status { get; init; }
}

/// <summary>An endpoint as its GET returns it.</summary>
public sealed record WebhookView
{
    public required Guid Id { get; init; }
    public required string Url { get; init; }
    public string? Description { get; init; }
    public required IReadOnlyList<string> Events { get; init; }
    public required SignatureScheme Scheme { get; init; }
    /// <summary>What deliveries of scheme v1a are verified with, <c>whpk_…</c>.</summary>
    public string? PublicKey { get; init; }
    public required bool Ordered { get; init; }
    /// <summary>Attempts a second.</summary>
    public int? RateLimit { get; init; }
    /// <summary>The custom headers sent; their values are never shown.</summary>
    public required IReadOnlyList<string> HeaderNames { get; init; }
    public required EndpointStatus Status { get; init; }
    public string? DisabledReason { get; init; }
    public DateTimeOffset? DisabledAt { get; init; }
    /// <summary>Until when the secret before the last rotation signs too.</summary>
    public DateTimeOffset? PreviousSecretEndsAt { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it was deleted; only in the delivery log.</summary>
    public DateTimeOffset? DeletedAt { get; init; }
    public required int Version { get; init; }
    /// <summary>What deliveries are verified with. Only in the answer that makes it: <c>whsec_…</c>, or <c>whpk_…</c> for v1a.</summary>
    public string? Secret { get; init; }
}

/// <summary>An endpoint with the secret it has just been given; <paramref name="Secret"/> is never readable again.</summary>
public sealed record WebhookWithSecret(WebhookView Webhook, string Secret);

/// <summary>Which endpoints to list, oldest first.</summary>
public sealed record WebhookQuery
{
    public const int MaxLimit = 100;

    /// <summary>Empty for all.</summary>
    public IReadOnlyList<EndpointStatus> Statuses { get; init; } = [];
    /// <summary>1–100.</summary>
    public int Limit { get; init; } = 25;
    public string? Cursor { get; init; }
}

/// <summary>A delivery as its GET returns it.</summary>
public sealed record WebhookDeliveryView
{
    /// <summary>Sent as <c>webhook-id</c>, the same over all attempts and replays.</summary>
    public required Guid Id { get; init; }
    public required Guid WebhookId { get; init; }
    public required Guid EventId { get; init; }
    public required string EventType { get; init; }
    public required DeliveryStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    /// <summary>Absent when it is over, while an attempt is under way and while it waits for an earlier one of the same subject.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
    /// <summary>How many attempts the schedule still has, the one at <see cref="NextAttemptAt"/> included; 0 when it is over.</summary>
    public int AttemptsLeft { get; init; }
    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<WebhookAttemptView> Attempts { get; init; }
}

/// <summary>One attempt of a delivery.</summary>
public sealed record WebhookAttemptView
{
    /// <summary>1, 2, 3 …</summary>
    public required int Number { get; init; }
    public required DateTimeOffset At { get; init; }
    public required AttemptOutcome Outcome { get; init; }
    public int? StatusCode { get; init; }
    public required int LatencyMs { get; init; }
    /// <summary>In words; absent when it succeeded.</summary>
    public string? Error { get; init; }
    /// <summary>What was sent and answered; only where one delivery is read.</summary>
    public WebhookExchangeView? Exchange { get; init; }
}

/// <summary>What an attempt sent and got back.</summary>
public sealed record WebhookExchangeView
{
    public required string Url { get; init; }
    public required IReadOnlyList<ExchangedHeader> RequestHeaders { get; init; }
    public required IReadOnlyList<ExchangedHeader> ResponseHeaders { get; init; }
    /// <summary>The first 20,000 bytes as text; what is no UTF-8 is shown as �.</summary>
    public required string ResponseBody { get; init; }
    public required bool ResponseTruncated { get; init; }
    /// <summary>The exact content that was signed: id, timestamp and body.</summary>
    public required string SignedContent { get; init; }
}

/// <summary>Which deliveries to list, newest first.</summary>
public sealed record WebhookDeliveryQuery
{
    public const int MaxLimit = 100;

    public Guid? WebhookId { get; init; }
    /// <summary>Empty for all.</summary>
    public IReadOnlyList<DeliveryStatus> Statuses { get; init; } = [];
    /// <summary>Empty for all.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];
    /// <summary>The id of a delivery, an event or the event's subject.</summary>
    public Guid? About { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
    /// <summary>1–100.</summary>
    public int Limit { get; init; } = 25;
    public string? Cursor { get; init; }
}

internal static class WebhookViews
{
    internal static WebhookView ToView(this WebhookEndpoint endpoint, DateTimeOffset now) => new()
    {
        Id = endpoint.Id,
        Url = endpoint.Url,
        Description = endpoint.Description,
        Events = endpoint.Events,
        Scheme = endpoint.Scheme,
        PublicKey = endpoint.PublicKey,
        Ordered = endpoint.Ordered,
        RateLimit = endpoint.RateLimit,
        HeaderNames = endpoint.HeaderNames,
        Status = endpoint.Status,
        DisabledReason = endpoint.DisabledReason,
        DisabledAt = endpoint.DisabledAt,
        PreviousSecretEndsAt = endpoint.IsInOverlap(now) ? endpoint.PreviousEndsAt : null,
        CreatedBy = endpoint.CreatedByName,
        CreatedAt = endpoint.CreatedAt,
        DeletedAt = endpoint.DeletedAt,
        Version = endpoint.Version,
    };
}
