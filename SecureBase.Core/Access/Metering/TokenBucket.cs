namespace SecureBase.Core.Access.Metering;

/// <summary>So many at once, refilled evenly. Thread-safe.</summary>
internal sealed class TokenBucket(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private double _used;
    private long _at = clock.GetTimestamp();

    /// <summary>Takes one.</summary>
    /// <param name="capacity">How many there are when it is full.</param>
    /// <param name="refill">How long an empty one takes to fill.</param>
    /// <param name="wait">How long until there is one again, when there is none.</param>
    internal bool TryTake(int capacity, TimeSpan refill, out TimeSpan wait)
    {
        lock (_lock)
        {
            Refill(capacity, refill);
            wait = TimeSpan.Zero;
            if (_used + 1 <= capacity)
            {
                _used++;
                return true;
            }
            wait = (_used + 1 - capacity) / capacity * refill;
            return false;
        }
    }

    /// <summary>How many could be taken now.</summary>
    internal int Left(int capacity, TimeSpan refill, out TimeSpan untilFull)
    {
        lock (_lock)
        {
            Refill(capacity, refill);
            untilFull = _used / capacity * refill;
            return (int)(capacity - _used);
        }
    }

    private void Refill(int capacity, TimeSpan refill)
    {
        var now = clock.GetTimestamp();
        _used = Math.Max(0, _used - (clock.GetElapsedTime(_at, now) / refill * capacity));
        _at = now;
    }
}
