using System.Threading.Channels;

namespace SecureBase.Core.Messaging;

/// <summary>
/// Wakes this node's fan-out right after a commit, so that the poll is only the fallback. Holds each waiting tenant once,
/// in the order they came: a tenant with much to do goes to the end of the line after each batch.
/// </summary>
public sealed class OutboxNudge
{
    private enum Turn { Waiting, Running, RunningAndWaiting }

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Turn> _turns = [];
    private readonly Channel<Guid> _line = Channel.CreateUnbounded<Guid>();

    /// <summary>The tenant has committed events. Never blocks; a lost nudge only means the poll finds the work.</summary>
    public void Committed(Guid tenantId)
    {
        lock (_lock)
        {
            if (!_turns.TryGetValue(tenantId, out var turn))
                Queue(tenantId);
            else if (turn == Turn.Running)
                _turns[tenantId] = Turn.RunningAndWaiting;
        }
    }

    /// <summary>The next tenant, which no other caller gets until <see cref="Done"/>.</summary>
    internal async ValueTask<Guid> NextAsync(CancellationToken ct)
    {
        var tenantId = await _line.Reader.ReadAsync(ct);
        lock (_lock)
            _turns[tenantId] = Turn.Running;
        return tenantId;
    }

    /// <summary>Ends the tenant's turn; it queues again if it has more or was nudged meanwhile.</summary>
    internal void Done(Guid tenantId, bool hasMore)
    {
        lock (_lock)
        {
            if (hasMore || _turns[tenantId] == Turn.RunningAndWaiting)
                Queue(tenantId);
            else
                _turns.Remove(tenantId);
        }
    }

    private void Queue(Guid tenantId)
    {
        _turns[tenantId] = Turn.Waiting;
        _line.Writer.TryWrite(tenantId);
    }
}
