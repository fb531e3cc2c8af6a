namespace SecureBase.Core.Messaging;

/// <summary>
/// A delivery this node may send, and until when. Whoever was held up for longer than its lease, by a machine that gave it no time or a database that
/// renewed nothing, must not send any more: another node may have delivered it by then.
/// </summary>
internal sealed class HeldLease : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _end;
    private DateTimeOffset _until;
    private bool _isDisposed;

    public HeldLease(DeliveryWork work, DateTimeOffset until, TimeProvider clock)
    {
        (Work, _clock, _until) = (work with { MayBeSent = () => !IsOver }, clock, until);
        _end = new CancellationTokenSource(Left(until), clock);
        End = _end.Token;
    }

    public DeliveryWork Work { get; }

    /// <summary>Cancelled when the lease ends.</summary>
    public CancellationToken End { get; }

    // A timer of a process that got no time fires late.
    public bool IsOver
    {
        get
        {
            lock (_lock)
                return End.IsCancellationRequested || _clock.GetUtcNow() >= _until;
        }
    }

    /// <summary>The database keeps it for this node until then. What is over stays over.</summary>
    public void Renewed(DateTimeOffset until)
    {
        lock (_lock)
        {
            if (_isDisposed || IsOver)
                return;
            _until = until;
            _end.CancelAfter(Left(until));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _end.Dispose();
        }
    }

    private TimeSpan Left(DateTimeOffset until) => until - _clock.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
