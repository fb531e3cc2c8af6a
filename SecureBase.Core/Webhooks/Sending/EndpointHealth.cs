namespace SecureBase.Core.Webhooks.Sending;

/// <summary>
/// How an endpoint has answered this node lately, and what follows for the pace: a circuit breaker over five minutes, and a
/// growing pause while it says that it is overloaded. Each node counts its own requests, so that an endpoint served by several may get as many
/// times the requests before the first of them opens its circuit; what opens and pauses is the lane, and so every node's. Safe for several threads.
/// </summary>
internal sealed class EndpointHealth
{
    /// <summary>The share of failures, 0–1, and the least number of requests within <see cref="Window"/> that open the circuit.</summary>
    internal const double OpensAt = 0.7;
    internal const int MinRequests = 10;

    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    /// <summary>How long the circuit stays open before one request tries it.</summary>
    internal static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private const int Slots = 60;
    private static readonly long SlotTicks = Window.Ticks / Slots;

    private readonly Lock _lock = new();
    private readonly (long Slot, int Requests, int Failures)[] _slots = new (long, int, int)[Slots];
    private int _overloads;

    internal void Succeeded(DateTimeOffset at)
    {
        lock (_lock)
        {
            Count(at, failed: false);
            _overloads = 0;
        }
    }

    /// <returns>True when this failure opens the circuit; what was counted is forgotten then.</returns>
    internal bool Failed(DateTimeOffset at)
    {
        lock (_lock)
        {
            Count(at, failed: true);
            var oldest = (at.UtcTicks / SlotTicks) - Slots + 1;
            var (requests, failures) = (0, 0);
            foreach (var slot in _slots)
            {
                if (slot.Slot >= oldest)
                    (requests, failures) = (requests + slot.Requests, failures + slot.Failures);
            }
            if (requests < MinRequests || failures < requests * OpensAt)
                return false;
            Array.Clear(_slots);
            return true;
        }
    }

    /// <summary>Another answer that says "too much": 1 s, 2 s, 4 s … up to <see cref="LongestPause"/>, until a success.</summary>
    internal TimeSpan Overloaded()
    {
        lock (_lock)
        {
            var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(_overloads, 10))));
            _overloads++;
            return pause;
        }
    }

    private void Count(DateTimeOffset at, bool failed)
    {
        var number = at.UtcTicks / SlotTicks;
        ref var slot = ref _slots[number % Slots];
        if (slot.Slot != number)
            slot = (number, 0, 0);
        slot = (number, slot.Requests + 1, slot.Failures + (failed ? 1 : 0));
    }
}
