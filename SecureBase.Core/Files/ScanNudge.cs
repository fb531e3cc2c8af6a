namespace SecureBase.Core.Files;

/// <summary>Wakes this node's scanning when a file has arrived, so that looking around is only the fallback.</summary>
public sealed class ScanNudge : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0, 1);

    /// <summary>Never blocks; a lost nudge only means that the file waits for the next look.</summary>
    public void Received()
    {
        lock (_arrived)
        {
            if (_arrived.CurrentCount == 0)
                _arrived.Release();
        }
    }

    /// <summary>Waits for a nudge, or until the time is over.</summary>
    internal Task WaitAsync(TimeSpan atMost, CancellationToken ct) => _arrived.WaitAsync(atMost, ct);

    public void Dispose() => _arrived.Dispose();
}
