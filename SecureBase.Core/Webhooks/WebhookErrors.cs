using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Webhooks;

/// <summary>What is refused about webhooks, and why.</summary>
public static class WebhookErrors
{
    public static Error NotFound => Error.NotFound("webhook endpoint");

    public static Error DeliveryNotFound => Error.NotFound("webhook delivery");

    public static Error RecoveryNotFound => Error.NotFound("recovery");

    public static Error RotationUnderWay(WebhookEndpoint endpoint) => new(ErrorKind.Conflict, "rotation_under_way", string.Create(CultureInfo.InvariantCulture,
        $"The secret before the last rotation still signs until {endpoint.PreviousEndsAt:d MMMM yyyy, HH:mm} UTC. End it first, or wait."));

    public static Error StillPending => new(ErrorKind.Conflict, "delivery_pending", "An attempt of this delivery is under way, or an earlier event of the same subject goes first. Look again in a moment.");

    public static Error Disabled => new(ErrorKind.Conflict, "webhook_disabled", "This endpoint is disabled, so nothing is sent to it. Enable it first.");

    public static Error TestUnderWay => new(ErrorKind.Conflict, "test_under_way", "A test of this endpoint is under way already. Wait for its result, then send another.");

    public static Error TestNotSent => new(ErrorKind.Conflict, "test_not_sent", "The test is queued, but this installation is too busy to have sent it yet. The delivery log shows when it was.");

    public static Error RecoveryUnderWay => new(ErrorKind.Conflict, "recovery_under_way", "A recovery of this endpoint is already running. Wait until it has ended, or cancel it.");

    internal static Error NoPlace(TenantInfo tenant, int limit) => new(ErrorKind.QuotaExceeded, "webhook_quota_exceeded",
        $"{QuotaWords.Included(tenant, limit, plan => plan.WebhookEndpoints, "webhook endpoints")}, and that many exist. Delete one that is no longer needed, or ask us for more.");
}
