using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Messaging;

/// <summary>One subscriber of <see cref="LiveSignals"/>: collects while its handler is busy, never blocks the publisher.</summary>
internal sealed class LiveSubscription(
    LiveSignals bus, LiveTopic topic, LiveAudience mayHear, Func<IReadOnlyList<LiveSignal>, Task> changed, TimeSpan pause, TimeProvider clock, ILogger log)
    : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ended = new();
    private Dictionary<Key, LiveSignal> _waiting = [];
    private bool _calling;

    /// <summary>Takes the signal if it is for this subscriber, merging it with what waits for the same resource and event.</summary>
    internal void Offer(LiveSignal signal)
    {
        if (!topic.Covers(signal) || (signal.Audience == LiveAudience.Staff && mayHear != LiveAudience.Staff))
            return;
        lock (_lock)
        {
            if (_ended.IsCancellationRequested)
                return;
            var key = new Key(signal.TenantId, signal.Kind, signal.Id, signal.EventType);
            if (!_waiting.TryGetValue(key, out var earlier) || earlier.Version <= signal.Version)
                _waiting[key] = signal;
            if (_calling)
                return;
            _calling = true;
        }
        _ = Task.Run(CallAsync);
    }

    private async Task CallAsync()
    {
        while (TakeWaiting() is { } signals)
        {
            try
            {
                await changed(signals);
            }
            catch (Exception failure)
            {
                MessagingLog.LiveSubscriberFailed(log, failure);
            }
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, clock, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private List<LiveSignal>? TakeWaiting()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 || _ended.IsCancellationRequested)
            {
                _calling = false;
                return null;
            }
            List<LiveSignal> taken = [.. _waiting.Values];
            _waiting = [];
            return taken;
        }
    }

    public void Dispose()
    {
        bus.Remove(this, topic.TenantId);
        lock (_lock)
            _waiting = [];
        _ended.Cancel();
    }

    private readonly record struct Key(Guid TenantId, string Kind, Guid Id, string? EventType);
}
