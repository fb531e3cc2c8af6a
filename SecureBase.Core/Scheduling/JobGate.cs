namespace SecureBase.Core.Scheduling;

/// <summary>Keeps this node's jobs from starting until what must come before them is done, such as writing the demo's history.</summary>
public sealed class JobGate
{
    private readonly Lock _lock = new();
    private int _holds;
    private TaskCompletionSource _open = Opened();

    /// <summary>Holds the jobs back until the answer is disposed. Has no effect on jobs that have started.</summary>
    public IDisposable Hold()
    {
        lock (_lock)
        {
            if (_holds++ == 0)
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return new Holding(this);
    }

    internal Task WaitAsync(CancellationToken ct)
    {
        lock (_lock)
            return _open.Task.WaitAsync(ct);
    }

    private void Release()
    {
        lock (_lock)
        {
            if (--_holds == 0)
                _open.SetResult();
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private sealed class Holding(JobGate gate) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
                gate.Release();
        }
    }
}
