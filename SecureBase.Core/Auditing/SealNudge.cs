using System.Collections.Concurrent;
using System.Threading.Channels;

namespace SecureBase.Core.Auditing;

/// <summary>Tells this node's sealer which tenants have new entries. A nudge that is lost only means that the poll finds them.</summary>
public sealed class SealNudge
{
    private readonly ConcurrentDictionary<Guid, byte> _tenants = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The tenant has committed entries. Never blocks.</summary>
    public void Committed(Guid tenantId)
    {
        if (_tenants.TryAdd(tenantId, 0))
            _wake.Writer.TryWrite(true);
    }

    /// <summary>Waits for a nudge, then a little for more of them, so that a busy tenant is sealed in batches.</summary>
    internal async Task<IReadOnlyList<Guid>> NextAsync(TimeSpan gather, CancellationToken ct)
    {
        await _wake.Reader.ReadAsync(ct);
        await Task.Delay(gather, ct);
        List<Guid> tenants = [];
        foreach (var tenant in _tenants.Keys)
        {
            if (_tenants.TryRemove(tenant, out _))
                tenants.Add(tenant);
        }
        return tenants;
    }
}
