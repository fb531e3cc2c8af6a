using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Core.Webhooks.Targets;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Webhooks;

/// <summary>What the API's document says of webhooks.</summary>
internal static class WebhookSchemas
{
    private const string Target = "An HTTPS address of a public host, on port 443 or 8443.";
    private const string Events = "Names of /v1/webhooks/event-types, at least one.";
    private const string Order = "Whether events of one subject, e.g. a ticket, go one after another. One that fails holds up the later ones of its subject, and no others, until it succeeds or its attempts are used up.";

    internal static IReadOnlyList<SchemaFact> All { get; } =
    [
        new(typeof(NewWebhook), "url", Target) { Required = true, MaxLength = WebhookTargets.MaxLength },
        new(typeof(NewWebhook), "events", Events) { Required = true },
        new(typeof(NewWebhook), "description", "For people.") { MaxLength = WebhookEndpoint.DescriptionMax },
        new(typeof(NewWebhook), "scheme", "How deliveries are signed: v1 (HMAC-SHA256, the default) or v1a (ed25519). It stays what it is."),
        new(typeof(NewWebhook), "ordered", Order),
        new(typeof(NewWebhook), "rate_limit", "Attempts a second over all nodes, 1 to 1,000; no limit without it."),
        new(typeof(NewWebhook), "headers", "Up to 20 headers sent with every delivery, e.g. Authorization. Their values are never shown again."),

        new(typeof(EditWebhook), "url", Target) { MaxLength = WebhookTargets.MaxLength },
        new(typeof(EditWebhook), "events", Events),
        new(typeof(EditWebhook), "description", "An empty text takes it away.") { MaxLength = WebhookEndpoint.DescriptionMax },
        new(typeof(EditWebhook), "ordered", Order),
        new(typeof(EditWebhook), "rate_limit", "Attempts a second; 0 takes the limit away."),
        new(typeof(EditWebhook), "headers", "All of them anew; an empty object takes them away."),
        new(typeof(EditWebhook), "status", "enabled or paused."),

        new(typeof(WebhookView), "public_key", "What deliveries of scheme v1a are verified with, whpk_…"),
        new(typeof(WebhookView), "header_names", "The custom headers sent; their values are never shown."),
        new(typeof(WebhookView), "status", "enabled; paused by somebody; disabled because it answered 410 or failed for too long."),
        new(typeof(WebhookView), "disabled_reason", "Why, as a sentence."),
        new(typeof(WebhookView), "previous_secret_ends_at", "Until when the secret before the last rotation signs too."),
        new(typeof(WebhookView), "version", "Grows with every change; the ETag."),
        new(typeof(WebhookView), "secret", "Only in the answer that makes it."),

        new(typeof(EventTypeView), "announced", "Agreed and accepted, but nothing sends it yet."),

        new(typeof(WebhookDeliveryView), "id", "Sent as webhook-id, the same over all attempts and replays: what receivers tell repeats by."),
        new(typeof(WebhookDeliveryView), "next_attempt_at", "Absent when it is over, while an attempt is under way, and while an earlier event of the same subject goes first."),
        new(typeof(WebhookAttemptView), "error", "In words; absent when it succeeded."),
        new(typeof(WebhookAttemptView), "exchange", "What was sent and answered; only where one delivery is read."),
        new(typeof(WebhookExchangeView), "signed_content", "The exact content that was signed: id, timestamp and body, with dots between them."),
        new(typeof(WebhookExchangeView), "response_body", "The first 20,000 bytes."),

        new(typeof(RecoverDeliveries), "from", "Deliveries made from this time on. Deliveries are kept for 30 days.") { Required = true },
        new(typeof(RecoverDeliveries), "to", "Up to this time; now without it."),
        new(typeof(RecoveryView), "total", "How many failed deliveries there were; absent until they are counted."),
        new(typeof(RecoveryView), "recovered", "How many are queued again so far."),
    ];
}
