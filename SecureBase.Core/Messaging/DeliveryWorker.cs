using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SecureBase.Core.Messaging;

/// <summary>
/// Sends what is due on this node: leases, commits the lease, sends outside any transaction, records the attempt. When
/// the process is killed its leases run out and any node takes the deliveries over; when it is stopped it finishes what it
/// has begun, as long as the host lets it.
/// </summary>
internal sealed class DeliveryWorker(
    DeliveryQueue queue, DeliveryTurns turns, IEnumerable<IDeliveryChannel> channels, NpgsqlDataSource source, IOptions<MessagingOptions> options, TimeProvider clock, ILogger<DeliveryWorker> log)
    : BackgroundService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterInterruption = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, IDeliveryChannel> _channels = channels.ToDictionary(c => c.Name, StringComparer.Ordinal);
    private readonly DeliveryRecorder _recorder = new(queue, clock, log);
    private readonly DeliveryTelling _telling = new(source, clock, log);
    private readonly ConcurrentDictionary<(Guid Id, int Attempt), HeldLease> _held = new();
    private readonly ConcurrentDictionary<Guid, Task<DeliveryRecord>> _made = new();
    private readonly CancellationTokenSource _abandon = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var drained = new CancellationTokenSource();
        var background = Task.WhenAll(
            [RenewAsync(drained.Token), _telling.RunAsync(drained.Token), .. Enumerable.Range(0, options.Value.Parallelism).Select(_ => _recorder.RunAsync(drained.Token))]);
        try
        {
            await Task.WhenAll([PollAsync(stoppingToken), .. Enumerable.Range(0, options.Value.Parallelism).Select(_ => WorkAsync(stoppingToken))])
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await FinishHeldAsync();
        }
        finally
        {
            await drained.CancelAsync();
            await background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var outOfTime = cancellationToken.Register(_abandon.Cancel);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _abandon.Dispose();
        base.Dispose();
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var change = turns.Change;
            if (turns.TryTake(out var turn))
                await ServeAsync(turn, ct);
            else
                await change.WaitAsync(ct);
        }
    }

    private async Task FinishHeldAsync()
    {
        while (true)
        {
            var change = turns.Change;
            if (_held.IsEmpty)
                return;
            await change;
        }
    }

    private async Task ServeAsync(DeliveryTurn turn, CancellationToken ct)
    {
        Dictionary<DeliveryLane, int> leased = [];
        try
        {
            var now = clock.GetUtcNow();
            var until = now + options.Value.Lease;
            // Not cancelled: a lease committed while its answer is dropped would hold its deliveries for nothing.
            foreach (var work in await queue.LeaseAsync(turn, now, until, CancellationToken.None))
            {
                var lane = LaneOf(work);
                leased[lane] = leased.GetValueOrDefault(lane) + 1;
                var held = new HeldLease(work, until, clock);
                _held[(work.Id, work.Attempt)] = held;
                _ = Task.Run(() => AttemptAsync(held), CancellationToken.None);
            }
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            // The lanes are still due; the poll brings them back.
            MessagingLog.LeaseFailed(log, failure, turn.TenantId);
            await Task.Delay(AfterFailure, clock, ct);
        }
        finally
        {
            turns.Finish(turn, leased);
        }
    }

    private async Task AttemptAsync(HeldLease held)
    {
        var work = held.Work;
        var made = new TaskCompletionSource<DeliveryRecord>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<DeliveryRecord>? before = null;
        _ = _made.AddOrUpdate(work.Id, made.Task, (_, known) =>
        {
            before = known;
            return made.Task;
        });
        // Its lease ran out while this node was at it, as when the database was away: what has arrived is recorded and not sent again.
        var record = before is not null && await before is { Outcome: AttemptOutcome.Succeeded } arrived ? arrived with { Work = work } : await MakeAsync(held);
        made.SetResult(record);
        await _recorder.RecordAsync(record);
        _made.TryRemove(KeyValuePair.Create(work.Id, made.Task));
        _telling.Recorded(LaneOf(work));
        _held.TryRemove((work.Id, work.Attempt), out _);
        held.Dispose();
        turns.Sent(LaneOf(work));
        // Recording keeps the row of a lane that is rationed from leases: one that found nothing meanwhile may find something now.
        if (record.LetsNextGo || work.IsRationed)
            turns.Due([LaneOf(work)]);
    }

    private async Task<DeliveryRecord> MakeAsync(HeldLease held)
    {
        var work = held.Work;
        var channel = _channels[work.Channel];
        var at = clock.GetUtcNow();
        var started = clock.GetTimestamp();
        var outcome = await SendAsync(channel, held);
        var took = clock.GetElapsedTime(started);
        var record = Judge(channel.Policy, work, at, outcome, took);
        MessagingMetrics.Attempted(work.Channel, record.Outcome, took);
        MessagingLog.Attempted(log, work.Id, work.Channel, work.Attempt, record.Outcome, record.NextAttemptAt);
        return record;
    }

    private async Task<DeliveryOutcome> SendAsync(IDeliveryChannel channel, HeldLease held)
    {
        var work = held.Work;
        if (work.Try > channel.Policy.MaxAttempts)
            return new DeliveryOutcome.Dead("Every attempt was used up, the last ones by processes that ended before they recorded an outcome.");
        if (held.IsOver)
            return LeaseIsOver();
        using var timeout = new CancellationTokenSource(channel.Policy.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _abandon.Token, held.End);
        try
        {
            var outcome = await channel.SendAsync(work, either.Token);
            // Held up for so long, this node knows nothing of how long the receiver took.
            return outcome is DeliveryOutcome.Retry && held.IsOver ? LeaseIsOver() : outcome;
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            return new DeliveryOutcome.Interrupted("The portal was stopped during this attempt.", TimeSpan.Zero);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new DeliveryOutcome.Retry(string.Create(CultureInfo.InvariantCulture, $"No answer within {channel.Policy.Timeout.TotalSeconds:0.#} seconds."));
        }
        catch (OperationCanceledException) when (held.IsOver)
        {
            return LeaseIsOver();
        }
        catch (Exception failure) when (IsOfTheDatabase(failure))
        {
            MessagingLog.ChannelFailed(log, failure, work.Channel, work.Id);
            return new DeliveryOutcome.Interrupted("The portal could not reach its own database during this attempt.", AfterInterruption);
        }
        catch (Exception failure)
        {
            MessagingLog.ChannelFailed(log, failure, work.Channel, work.Id);
            return new DeliveryOutcome.Retry("The attempt failed unexpectedly; the portal's log says why.");
        }
    }

    private static DeliveryOutcome.Interrupted LeaseIsOver() => new("The portal could not hold on to this delivery during the attempt.", TimeSpan.Zero);

    private static DeliveryRecord Judge(DeliveryPolicy policy, DeliveryWork work, DateTimeOffset at, DeliveryOutcome outcome, TimeSpan took) => outcome switch
    {
        DeliveryOutcome.Delivered delivered => new(work, at, AttemptOutcome.Succeeded, took, null, null) { Exchange = delivered.Exchange },
        DeliveryOutcome.Dead dead => new(work, at, AttemptOutcome.Dead, took, Shorten(dead.Reason), null) { Exchange = dead.Exchange },
        DeliveryOutcome.Retry retry => new(work, at, AttemptOutcome.Failed, took, Shorten(retry.Error), at + took + NextAttempt(policy, work.Try, retry.After)) { Exchange = retry.Exchange, Hold = retry.Hold },
        DeliveryOutcome.Interrupted interrupted => new(work, at, AttemptOutcome.Interrupted, took, interrupted.Reason, at + took + interrupted.After),
        _ => throw new InvalidOperationException($"An attempt came to {outcome.GetType().Name}."),
    };

    // No receiver speaks SQL.
    private static bool IsOfTheDatabase(Exception failure) => failure is DbException || (failure.InnerException is { } inner && IsOfTheDatabase(inner));

    private static TimeSpan? NextAttempt(DeliveryPolicy policy, int attempt, TimeSpan? after) =>
        policy.DelayAfter(attempt, Random.Shared) is { } delay ? (after > delay ? after : delay) : null;

    private async Task RenewAsync(CancellationToken ct)
    {
        var lease = options.Value.Lease;
        using var timer = new PeriodicTimer(lease / 3, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            foreach (var tenant in _held.Values.Where(h => !h.IsOver).GroupBy(h => h.Work.TenantId))
            {
                try
                {
                    await RenewAsync(tenant.Key, [.. tenant], clock.GetUtcNow() + lease, ct);
                }
                catch (Exception failure) when (!ct.IsCancellationRequested)
                {
                    MessagingLog.RenewFailed(log, failure, tenant.Key);
                }
            }
        }
    }

    private async Task RenewAsync(Guid tenantId, List<HeldLease> held, DateTimeOffset until, CancellationToken ct)
    {
        var renewed = await queue.RenewAsync(tenantId, [.. held.Select(h => h.Work)], until, ct);
        foreach (var lease in held.Where(h => renewed.Contains((h.Work.Id, h.Work.LeaseToken))))
            lease.Renewed(until);
    }

    private async Task PollAsync(CancellationToken ct)
    {
        if (_channels.Count == 0)
            return;
        using var timer = new PeriodicTimer(options.Value.PollInterval, clock);
        do
        {
            try
            {
                turns.Due(await queue.DueLanesAsync(_channels.Keys, clock.GetUtcNow(), ct));
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                MessagingLog.PollFailed(log, failure, "deliveries");
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    private static DeliveryLane LaneOf(DeliveryWork work) => new(work.TenantId, work.Channel, work.Lane);

    private static string Shorten(string text) => text.Length <= DeliveryAttempt.MaxErrorLength ? text : string.Concat(text.AsSpan(0, DeliveryAttempt.MaxErrorLength - 1), "…");
}
