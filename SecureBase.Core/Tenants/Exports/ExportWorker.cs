using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Tenants.Exports;

/// <summary>Looks on every node for exports that wait, and makes up to two at once; a large tenant so does not hold up the others.</summary>
public sealed class ExportWorker(ExportRunner runner, TimeProvider clock, ILogger<ExportWorker> log) : BackgroundService
{
    private const int Concurrency = 2;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        HashSet<Guid> busy = [];
        List<Task<Guid>> running = [];
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var done in running.Where(r => r.IsCompleted).ToList())
                {
                    running.Remove(done);
                    busy.Remove(await done);
                }
                if (running.Count < Concurrency)
                {
                    foreach (var tenantId in (await runner.DueAsync(stoppingToken)).Where(busy.Add).Take(Concurrency - running.Count).ToList())
                        running.Add(Task.Run(() => MakeAsync(tenantId, stoppingToken), stoppingToken));
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.ExportsNotLookedFor(failure);
            }
            await Task.Delay(LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<Guid> MakeAsync(Guid tenantId, CancellationToken ct)
    {
        try
        {
            await runner.RunAsync(tenantId, ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            log.ExportsNotLookedFor(failure);
        }
        return tenantId;
    }
}
