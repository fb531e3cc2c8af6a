using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SecureBase.Core.Auditing;

/// <summary>Runs <see cref="AuditSealer"/> on this node: soon after a commit here, within the poll's interval for everything else.</summary>
internal sealed class AuditSealWorker(AuditSealer sealer, SealNudge nudge, NpgsqlDataSource source, TimeProvider clock, ILogger<AuditSealWorker> log) : BackgroundService
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(PollAsync(stoppingToken), WorkAsync(stoppingToken));

    private async Task WorkAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            foreach (var tenantId in await nudge.NextAsync(Gather, ct))
            {
                try
                {
                    // The node at work may have looked before this node's entries were committed.
                    if (await sealer.SealAsync(tenantId, ct) == SealTurn.Busy)
                        nudge.Committed(tenantId);
                }
                catch (Exception failure) when (!ct.IsCancellationRequested)
                {
                    AuditingLog.SealingFailed(log, failure, tenantId);
                }
            }
        }
    }

    private async Task PollAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(PollInterval, clock);
        do
        {
            try
            {
                await using var command = source.CreateCommand("select tenant_id from tenants_with_unsealed_entries()");
                await using var reader = await command.ExecuteReaderAsync(ct);
                while (await reader.ReadAsync(ct))
                    nudge.Committed(reader.GetGuid(0));
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                AuditingLog.PollFailed(log, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }
}
