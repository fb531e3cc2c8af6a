using System.Net;

namespace SecureBase.Core.Access.Metering;

/// <summary>One key as this node sees it: how fast it calls, and when it last did.</summary>
internal sealed class KeyMeter(Guid tenantId, Guid keyId, TimeProvider clock)
{
    /// <summary>The last use is kept this exactly.</summary>
    internal static readonly TimeSpan Precision = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private DateTimeOffset _usedAt;
    private IPAddress? _from;
    private DateTimeOffset? _writtenAt;
    private DateTimeOffset _offeredAt;

    internal Guid TenantId => tenantId;

    internal TokenBucket Burst { get; } = new(clock);

    internal DateTimeOffset UsedAt
    {
        get
        {
            lock (_lock)
                return _usedAt;
        }
    }

    internal bool HasUnwritten => Unwritten is not null;

    /// <summary>The use that is due to be written; null when one of the same minute has been.</summary>
    internal KeyUse? Unwritten
    {
        get
        {
            lock (_lock)
                return _usedAt > _offeredAt && (_writtenAt is null || _usedAt - _writtenAt >= Precision) ? new KeyUse(keyId, _usedAt, _from) : null;
        }
    }

    internal void Use(DateTimeOffset at, IPAddress? from)
    {
        lock (_lock)
            (_usedAt, _from) = (at, from);
    }

    /// <param name="written">False when another node had written one of the same minute.</param>
    internal void Offered(KeyUse use, bool written)
    {
        lock (_lock)
        {
            _offeredAt = use.At;
            if (written)
                _writtenAt = use.At;
        }
    }
}

internal readonly record struct KeyUse(Guid KeyId, DateTimeOffset At, IPAddress? From);
