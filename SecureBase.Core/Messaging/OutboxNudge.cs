using System.Threading.Channels;

namespace SecureBase.Core.Messaging;

/// <summary>Wakes this node's fan-out right after a commit, so that the poll is only the fallback.</summary>
public sealed class OutboxNudge
{
    private readonly Channel<Guid> _tenants = Channel.CreateBounded<Guid>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The tenant has committed events. Never blocks; a lost nudge only means the poll finds the work.</summary>
    public void Committed(Guid tenantId) => _tenants.Writer.TryWrite(tenantId);

    public ChannelReader<Guid> Tenants => _tenants.Reader;
}
