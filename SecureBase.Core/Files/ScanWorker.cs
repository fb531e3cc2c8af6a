using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Files;

/// <summary>Looks on every node for files that wait for the scanner: at once when one arrives here, and every few seconds for the others.</summary>
public sealed class ScanWorker(ScanRunner runner, ScanNudge nudge, ILogger<ScanWorker> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ScanAllAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.FilesNotLookedFor(failure);
            }
            await nudge.WaitAsync(LookEvery, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One file of each tenant in turn, so that whoever sends many does not hold up the others.
    private async Task ScanAllAsync(CancellationToken ct)
    {
        bool more;
        do
        {
            more = false;
            foreach (var tenantId in await runner.DueAsync(ct))
                more |= await runner.RunAsync(tenantId, ct);
        }
        while (more);
    }
}
