using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Core.Webhooks.Signing;

namespace SecureBase.Portal.Webhooks;

/// <summary>The examples of the API's document: one endpoint's life, and a delivery that took two attempts.</summary>
internal static class WebhookExamples
{
    private const string Secret = "whsec_…";
    private static readonly DateTimeOffset At = new(2026, 11, 24, 9, 12, 40, TimeSpan.Zero);

    internal static NewWebhook Creating { get; } = new()
    {
        Url = "https://hooks.example.com/securebase",
        Events = ["ticket.created", "ticket.resolved"],
        Description = "Ledger",
        Scheme = SignatureScheme.V1,
        Ordered = true,
        RateLimit = 50,
        Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer a-token-of-your-own" },
    };

    internal static EditWebhook Editing { get; } = new() { Events = ["ticket.created"], Status = EndpointStatus.Paused };

    internal static WebhookView Webhook { get; } = new()
    {
        Id = new Guid("01935a10-07c0-7b12-9d2f-5a1c7f6f3c11"),
        Url = Creating.Url!,
        Description = Creating.Description,
        Events = Creating.Events!,
        Scheme = SignatureScheme.V1,
        Ordered = true,
        RateLimit = Creating.RateLimit,
        HeaderNames = ["Authorization"],
        Status = EndpointStatus.Enabled,
        CreatedBy = "Ada Customer",
        CreatedAt = At,
        Version = 1,
    };

    internal static WebhookView Created { get; } = Webhook with { Secret = Secret };

    internal static WebhookView Edited { get; } = Webhook with { Events = ["ticket.created"], Status = EndpointStatus.Paused, Version = 2 };

    internal static WebhookView Rotated { get; } = Webhook with { PreviousSecretEndsAt = At.AddDays(2), Version = 2, Secret = Secret };

    internal static Page<WebhookView> Webhooks { get; } = new([Webhook], null);

    internal static Page<EventTypeView> EventTypes { get; } = new([EventTypeView.Of(EventCatalogue.Find("ticket.created")!)], null);

    internal static RecoverDeliveries Recovering { get; } = new() { From = At.AddDays(-1), To = At };

    internal static RecoveryView Recovery { get; } = new()
    {
        Id = new Guid("01935a10-7777-7b12-9d2f-5a1c7f6f3c77"), WebhookId = Webhook.Id, From = At.AddDays(-1), To = At, Status = RecoveryStatus.Running, Total = 12_000, Recovered = 4_000, CreatedAt = At,
    };

    internal static WebhookDeliveryView Delivery { get; } = new()
    {
        Id = new Guid("01935a10-1111-7b12-9d2f-5a1c7f6f3c12"),
        WebhookId = Webhook.Id,
        EventId = new Guid("01935a10-1110-7b12-9d2f-5a1c7f6f3c13"),
        EventType = "ticket.created",
        Status = DeliveryStatus.Succeeded,
        CreatedAt = At,
        FinishedAt = At.AddSeconds(6),
        Attempts =
        [
            new WebhookAttemptView { Number = 1, At = At, Outcome = AttemptOutcome.Failed, StatusCode = 503, LatencyMs = 412, Error = "The receiver answered 503 Service Unavailable." },
            new WebhookAttemptView { Number = 2, At = At.AddSeconds(5), Outcome = AttemptOutcome.Succeeded, StatusCode = 204, LatencyMs = 138 },
        ],
    };

    internal static Page<WebhookDeliveryView> Deliveries { get; } = new([Delivery], Delivery.Id.ToString("N"));
}
