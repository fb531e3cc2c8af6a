namespace SecureBase.Core.Access.Metering;

/// <summary>How an hour's requests stand, as far as this node knows: what others have used since its last lease is not in it.</summary>
public readonly record struct Standing(int Limit, int Remaining, TimeSpan ResetsIn);

/// <summary>
/// This node's part of one tenant's or key's hour. A request is taken from it without the database; when it is used up, one lease
/// serves all who wait. While nothing is left anywhere, refusing asks the database once in <see cref="AskAgain"/> at most.
/// </summary>
internal sealed class Allowance(Guid tenantId, Guid subjectId, AllowanceStore store, TimeProvider clock)
{
    internal static readonly TimeSpan Window = TimeSpan.FromHours(1);
    internal static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _limit;
    private int _left;
    private int _leftElsewhere;
    private int _owed;
    private DateTimeOffset _windowStart;
    private DateTimeOffset _askNotBefore;
    private DateTimeOffset _usedAt;
    private Task _leasing = Task.CompletedTask;

    /// <summary>Whether nothing of it is held or expected, so that it may be forgotten.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (_lock)
                return _left == 0 && _owed == 0 && clock.GetUtcNow() - _usedAt > Window;
        }
    }

    /// <summary>Takes one request, leasing if need be. False when none is left in this hour.</summary>
    /// <exception cref="AllowanceUnavailableException">The database does not answer.</exception>
    internal ValueTask<bool> TakeAsync(int limit, CancellationToken ct) => TryTake(limit, out var leasing) switch
    {
        { } taken => ValueTask.FromResult(taken),
        null => WaitAndTakeAsync(limit, leasing, ct),
    };

    /// <summary>Gives one request back that was not carried out, unless its hour is over.</summary>
    internal void PutBack(DateTimeOffset takenAt)
    {
        lock (_lock)
        {
            if (takenAt >= _windowStart && takenAt < _windowStart + Window)
                _left++;
        }
    }

    internal Standing Stand(DateTimeOffset now)
    {
        lock (_lock)
            return new Standing(_limit, _left + _leftElsewhere, (_windowStart > StartOf(now) ? _windowStart : StartOf(now)) + Window - now);
    }

    /// <summary>Lets other nodes have what is not needed here.</summary>
    /// <param name="all">Whether also what is in use, because this node stops.</param>
    internal async Task SettleAsync(bool all, CancellationToken ct)
    {
        int unused;
        DateTimeOffset window;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            unused = _owed;
            _owed = 0;
            if (all || now - _usedAt >= Idle)
            {
                unused += _left;
                _leftElsewhere += _left;
                _left = 0;
            }
            window = _windowStart;
            if (now >= window + Window)
                return;
        }
        if (unused == 0)
            return;
        try
        {
            await store.GiveBackAsync(tenantId, subjectId, window, unused, ct);
        }
        catch
        {
            lock (_lock)
            {
                if (window == _windowStart)
                    _owed += unused;
            }
            throw;
        }
    }

    private async ValueTask<bool> WaitAndTakeAsync(int limit, Task leasing, CancellationToken ct)
    {
        while (true)
        {
            await leasing.WaitAsync(ct);
            if (TryTake(limit, out leasing) is { } taken)
                return taken;
        }
    }

    /// <summary>Null when a lease is under way that must be waited for.</summary>
    private bool? TryTake(int limit, out Task leasing)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            leasing = _leasing;
            if (limit != _limit)
                ChangeLimit(limit);
            if (now >= _windowStart + Window)
                (_left, _leftElsewhere, _owed, _windowStart, _askNotBefore) = (0, limit, 0, StartOf(now), default);
            _usedAt = now;
            if (_left > 0)
            {
                _left--;
                return true;
            }
            // Also while a failure is fresh: whoever comes then shares it.
            if (!_leasing.IsCompleted || (_leasing.IsFaulted && now < _askNotBefore))
                return null;
            if (now < _askNotBefore)
                return false;
            var windowStart = _windowStart;
            leasing = _leasing = Task.Run(() => LeaseAsync(limit, windowStart), CancellationToken.None);
            return null;
        }
    }

    private void ChangeLimit(int limit)
    {
        _owed += _left;
        (_limit, _left, _leftElsewhere, _askNotBefore) = (limit, 0, limit, default);
    }

    private async Task LeaseAsync(int limit, DateTimeOffset windowStart)
    {
        Lease lease;
        try
        {
            lease = await store.LeaseAsync(tenantId, subjectId, limit, windowStart, CancellationToken.None);
        }
        catch (AllowanceUnavailableException)
        {
            lock (_lock)
                _askNotBefore = clock.GetUtcNow() + AfterFailure;
            throw;
        }
        lock (_lock)
        {
            _windowStart = lease.WindowStart;
            _leftElsewhere = Math.Max(0, limit - lease.Leased);
            if (limit == _limit)
                _left += lease.Granted;
            else
                _owed += lease.Granted;
            if (lease.Granted == 0)
                _askNotBefore = clock.GetUtcNow() + AskAgain;
        }
    }

    private static DateTimeOffset StartOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % Window.Ticks), TimeSpan.Zero);
}
