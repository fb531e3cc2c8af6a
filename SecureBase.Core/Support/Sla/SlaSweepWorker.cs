using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>Runs <see cref="SlaSweep"/> on this node, every second, for the tenants in which something is due.</summary>
internal sealed class SlaSweepWorker(TenantRounds rounds, NpgsqlDataSource source, TimeProvider clock, ILogger<SlaSweepWorker> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                SupportLog.SweepFailed(log, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task TurnAsync(CancellationToken ct)
    {
        var due = await source.TenantsAsync("select tenant_id from tenants_with_due_clocks($1)", clock.GetUtcNow() - SlaSweep.Grace, ct);
        if (due.Count > 0)
            await rounds.VisitAsync(due, (services, ct) => services.GetRequiredService<SlaSweep>().TellDueAsync(ct), ct);
    }
}
