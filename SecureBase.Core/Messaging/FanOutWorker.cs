using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SecureBase.Core.Messaging;

/// <summary>Runs <see cref="FanOut"/> on this node: at once where it was nudged, within the poll interval for everything else.</summary>
internal sealed class FanOutWorker(
    FanOut fanOut, OutboxNudge nudge, NpgsqlDataSource source, IOptions<MessagingOptions> options, TimeProvider clock, ILogger<FanOutWorker> log)
    : BackgroundService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterBusy = TimeSpan.FromMilliseconds(20);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([PollAsync(stoppingToken), .. Enumerable.Range(0, options.Value.Parallelism).Select(_ => WorkAsync(stoppingToken))]);

    private async Task WorkAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var tenantId = await nudge.NextAsync(ct);
            var turn = FanOutTurn.Idle;
            try
            {
                turn = await fanOut.DispatchAsync(tenantId, ct);
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                MessagingLog.FanOutFailed(log, failure, tenantId);
                await Task.Delay(AfterFailure, clock, ct);
            }
            finally
            {
                nudge.Done(tenantId, hasMore: turn == FanOutTurn.More);
            }
            if (turn == FanOutTurn.Busy)
                _ = LookAgainAsync(tenantId, ct);
        }
    }

    // The node at work may have looked before this node's events were committed.
    private async Task LookAgainAsync(Guid tenantId, CancellationToken ct)
    {
        await Task.Delay(AfterBusy, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        nudge.Committed(tenantId);
    }

    private async Task PollAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(options.Value.PollInterval, clock);
        do
        {
            try
            {
                await using var command = source.CreateCommand("select tenant_id from tenants_with_pending_events() as p (tenant_id)");
                await using var reader = await command.ExecuteReaderAsync(ct);
                while (await reader.ReadAsync(ct))
                    nudge.Committed(reader.GetGuid(0));
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                MessagingLog.PollFailed(log, failure, "events");
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }
}
