namespace SecureBase.Portal.Shared;

/// <summary>
/// The toasts of one circuit: three at most on the page. A fourth pushes out the oldest that may leave; when all three
/// stay, it waits for a place. Hovering or focusing pauses the five seconds.
/// </summary>
public sealed class ToastService(TimeProvider clock) : IDisposable
{
    public const int Places = 3;
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<Shown> _shown = [];
    private readonly Queue<Toast> _waiting = [];

    /// <summary>Raised after any change, on any thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<Toast> Current
    {
        get
        {
            lock (_gate)
                return [.. _shown.Select(s => s.Toast)];
        }
    }

    public void Show(Toast toast)
    {
        lock (_gate)
        {
            if (_shown.Count == Places)
            {
                var leaving = _shown.Find(s => !s.Toast.Stays);
                if (leaving is null)
                {
                    _waiting.Enqueue(toast);
                    return;
                }
                Remove(leaving);
            }
            Place(toast);
        }
        Changed?.Invoke();
    }

    public void Dismiss(Guid id)
    {
        lock (_gate)
        {
            if (_shown.Find(s => s.Toast.Id == id) is not { } shown)
                return;
            Remove(shown);
            if (_waiting.TryDequeue(out var next))
                Place(next);
        }
        Changed?.Invoke();
    }

    /// <summary>Somebody is reading: its time starts anew on <see cref="Resume"/>.</summary>
    public void Pause(Guid id) => SetTimer(id, Timeout.InfiniteTimeSpan);

    public void Resume(Guid id) => SetTimer(id, Life);

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var shown in _shown)
                shown.Timer?.Dispose();
            _shown.Clear();
            _waiting.Clear();
        }
    }

    private void Place(Toast toast) =>
        _shown.Add(new Shown(toast, toast.Stays ? null : clock.CreateTimer(_ => Dismiss(toast.Id), null, Life, Timeout.InfiniteTimeSpan)));

    private void Remove(Shown shown)
    {
        shown.Timer?.Dispose();
        _shown.Remove(shown);
    }

    private void SetTimer(Guid id, TimeSpan due)
    {
        lock (_gate)
            _shown.Find(s => s.Toast.Id == id)?.Timer?.Change(due, Timeout.InfiniteTimeSpan);
    }

    private sealed record Shown(Toast Toast, ITimer? Timer);
}
