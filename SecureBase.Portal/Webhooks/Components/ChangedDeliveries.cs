using SecureBase.Core.Webhooks;

namespace SecureBase.Portal.Webhooks.Components;

/// <summary>Which rows of the log a live refresh brought or changed, so that they tint for a second and no other does.</summary>
public sealed class ChangedDeliveries
{
    private HashSet<Guid> _changed = [];

    internal void Compare(IReadOnlyList<WebhookDeliveryView> before, IReadOnlyList<WebhookDeliveryView> after)
    {
        var known = before.ToDictionary(d => d.Id, Standing);
        _changed = [.. after.Where(d => !known.TryGetValue(d.Id, out var standing) || standing != Standing(d)).Select(d => d.Id)];
    }

    internal void Forget() => _changed = [];

    /// <summary>Two classes take turns, or a row that changes twice would not tint again.</summary>
    internal string? ClassOf(WebhookDeliveryView delivery) =>
        _changed.Contains(delivery.Id) ? (delivery.Attempts.Count + (int)delivery.Status) % 2 == 0 ? "changed even" : "changed odd" : null;

    private static (int Attempts, Core.Messaging.DeliveryStatus Status) Standing(WebhookDeliveryView delivery) => (delivery.Attempts.Count, delivery.Status);
}
