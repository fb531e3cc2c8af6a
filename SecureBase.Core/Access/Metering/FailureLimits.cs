using System.Net;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace SecureBase.Core.Access.Metering;

/// <summary>
/// Bounds what keys that are none, or belong elsewhere, can cost: lookups and refusals per network address, audit entries per tenant.
/// Kept in memory, so that refusing costs no query; each node has its own.
/// </summary>
public sealed class FailureLimits(IOptions<RequestLimitOptions> options, TimeProvider clock) : IDisposable
{
    private const int MaxRemembered = 50_000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _buckets = new(new MemoryCacheOptions { SizeLimit = MaxRemembered });

    /// <summary>Counts a refused key.</summary>
    public void Count(IPAddress? address) => Bucket(AttemptLimits.Network(address)).TryTake(options.Value.FailuresPerMinute, Minute, out _);

    /// <summary>Whether this address has had its share of refusals for now.</summary>
    public bool IsExhausted(IPAddress? address) => Stand(address).Remaining == 0;

    /// <summary>What the address has left, and how long until it has all again; when it has none, until it has one.</summary>
    public Standing Stand(IPAddress? address)
    {
        var limit = options.Value.FailuresPerMinute;
        if (!_buckets.TryGetValue(AttemptLimits.Network(address), out TokenBucket? bucket))
            return new Standing(limit, limit, Minute);
        var left = bucket!.Left(limit, Minute, out var untilFull);
        return new Standing(limit, left, left > 0 ? untilFull : untilFull - Minute + (Minute / limit));
    }

    /// <summary>Whether one more refusal of a stranger is recorded in this tenant's audit log. Counts it.</summary>
    public bool MayRecord(Guid tenantId) => Bucket(tenantId).TryTake(options.Value.RecordedFailuresPerMinute, Minute, out _);

    public void Dispose() => _buckets.Dispose();

    private TokenBucket Bucket(object of) => _buckets.GetOrCreate(of, entry =>
    {
        entry.Size = 1;
        // Longer than an empty one takes to fill, so that forgetting it forgives nothing.
        entry.SlidingExpiration = 2 * Minute;
        return new TokenBucket(clock);
    })!;
}
