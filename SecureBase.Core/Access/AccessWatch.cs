using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>One thing that must be looked at again.</summary>
public readonly record struct AccessSignal(Guid TenantId, AccessSubject Subject, Guid SubjectId);

/// <summary>
/// Hears on every node, within seconds, whose access changed: by LISTEN at once, by a poll every two seconds should a
/// notification be lost. When neither has worked for <see cref="Patience"/>, the node stops trusting what it remembers: for a
/// <see cref="Stall"/> whoever asks waits for the next look, after it they are refused at once.
/// </summary>
public sealed class AccessWatch(NpgsqlDataSource source, TimeProvider clock, ILogger<AccessWatch> log) : BackgroundService, IFreshness
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Guid, DateTimeOffset> _seen = [];
    private long _confirmed = long.MinValue;
    private TaskCompletionSource _next = NewLook();

    /// <summary>Raised for each change, once, on a background thread. Handlers must be quick and must not throw.</summary>
    public event Action<AccessSignal>? Changed;

    /// <summary>Raised when changes may have been missed: everything remembered must be looked at again.</summary>
    public event Action? Lost;

    public bool IsFresh => Volatile.Read(ref _confirmed) is var at && at != long.MinValue && clock.GetElapsedTime(at) < Patience;

    public async Task<bool> BecomesFreshAsync(CancellationToken ct)
    {
        while (true)
        {
            var next = Volatile.Read(ref _next);
            if (IsFresh)
                return true;
            var left = Volatile.Read(ref _confirmed) is var at && at != long.MinValue ? Patience + Stall - clock.GetElapsedTime(at) : TimeSpan.Zero;
            if (left <= TimeSpan.Zero)
                return false;
            try
            {
                // One that began long ago confirms too little: then it is the one after it.
                await next.Task.WaitAsync(left, ct);
            }
            catch (TimeoutException)
            {
                // It is an outage, then.
                return IsFresh;
            }
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        while (!IsFresh && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10))
            await Task.Delay(20, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                log.WatchInterrupted(failure);
                await Task.Delay(TimeSpan.FromMilliseconds(250), stoppingToken);
            }
        }
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using (var listen = new NpgsqlCommand($"listen {AccessChange.Channel}", connection))
            await listen.ExecuteNonQueryAsync(ct);
        if (_confirmed != long.MinValue && !IsFresh)
            Lost?.Invoke();
        while (true)
        {
            await PollAsync(connection, ct);
            // Returns early when a notification comes in; its content is only a reason to look.
            await connection.WaitAsync(PollEvery, ct);
        }
    }

    private async Task PollAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var since = clock.GetUtcNow() - Overlap;
        List<AccessSignal> fresh = [];
        await using (var command = new NpgsqlCommand("select id, tenant_id, subject, subject_id from recent_access_changes($1)", connection)
        {
            CommandTimeout = 4,
            Parameters = { new NpgsqlParameter<DateTime> { TypedValue = since.UtcDateTime } },
        })
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                if (_seen.TryAdd(reader.GetGuid(0), clock.GetUtcNow()))
                    fresh.Add(new AccessSignal(reader.GetGuid(1), WireName.Parse<AccessSubject>(reader.GetString(2)), reader.GetGuid(3)));
            }
        }
        foreach (var signal in fresh)
            Changed?.Invoke(signal);
        foreach (var old in _seen.Where(s => s.Value < since - Overlap).Select(s => s.Key).ToList())
            _seen.Remove(old);
        Volatile.Write(ref _confirmed, began);
        Interlocked.Exchange(ref _next, NewLook()).SetResult();
    }

    private static TaskCompletionSource NewLook() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
