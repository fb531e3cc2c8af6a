using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Signing;

namespace SecureBase.Core.Webhooks.Sending;

/// <summary>An endpoint as its attempts need it, with its secrets opened.</summary>
internal sealed class LiveEndpoint
{
    private readonly WebhookSigner _present;
    private readonly WebhookSigner _overlapping;
    private readonly DateTimeOffset? _overlapEndsAt;

    internal LiveEndpoint(WebhookEndpoint endpoint, SecretEnvelope envelope)
    {
        Url = new Uri(endpoint.Url);
        Status = endpoint.Status;
        DisabledReason = endpoint.DisabledReason;
        var secret = Open(WebhookEndpoint.SecretPurpose, endpoint.Secret!);
        _present = _overlapping = new WebhookSigner([secret]);
        if (endpoint.PreviousSecret is { } previous)
            (_overlapping, _overlapEndsAt) = (new WebhookSigner([secret, Open(WebhookEndpoint.PreviousSecretPurpose, previous)]), endpoint.PreviousEndsAt);
        Headers = endpoint.Headers is { } headers ? WebhookRules.ReadHeaders(envelope.Open(endpoint.TenantId, WebhookEndpoint.HeadersPurpose, headers)) : new Dictionary<string, string>();

        WebhookSecret Open(string purpose, byte[] bytes) => WebhookSecret.FromBytes(endpoint.Scheme, envelope.Open(endpoint.TenantId, purpose, bytes));
    }

    internal Uri Url { get; }
    internal EndpointStatus Status { get; }
    internal string? DisabledReason { get; }
    internal IReadOnlyDictionary<string, string> Headers { get; }

    internal WebhookSigner SignerAt(DateTimeOffset at) => _overlapEndsAt > at ? _overlapping : _present;
}

/// <summary>
/// The endpoints this node delivers to. Remembers one for seconds and forgets it when any node changes it, so an edit
/// holds for every attempt that begins after it.
/// </summary>
public sealed class WebhookDirectory : IDisposable
{
    private const int Remembered = 10_000;
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(2);

    private readonly TenantDbPool _contexts;
    private readonly SecretEnvelope _envelope;
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Remembered });
    private readonly IDisposable _changes;

    public WebhookDirectory(TenantDbPool contexts, SecretEnvelope envelope, LiveSignals signals)
    {
        (_contexts, _envelope) = (contexts, envelope);
        _changes = signals.Subscribe(SystemActor.Instance, new LiveTopic(null, WebhookEvents.Webhook), changed =>
        {
            foreach (var signal in changed)
                Forget(signal.TenantId, signal.Id);
            return Task.CompletedTask;
        });
    }

    /// <summary>Null when it is deleted or was never there.</summary>
    internal async ValueTask<LiveEndpoint?> FindAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        if (_cache.TryGetValue((tenantId, id), out LiveEndpoint? known))
            return known;
        await using var db = _contexts.Take(tenantId);
        var endpoint = await db.WebhookEndpoints.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.DeletedAt == null, ct);
        var live = endpoint is null ? null : new LiveEndpoint(endpoint, _envelope);
        _cache.Set((tenantId, id), live, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Keep });
        return live;
    }

    internal void Forget(Guid tenantId, Guid id) => _cache.Remove((tenantId, id));

    public void Dispose()
    {
        _changes.Dispose();
        _cache.Dispose();
    }
}
