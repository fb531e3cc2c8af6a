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
    /// <summary>Few, for who waits for an answer shares the processors with the sweep and notices its bursts, while a breach has seconds to be told.</summary>
    private const int TenantsAtOnce = 2;

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

    /// <summary>
    /// Passes over the tenants until none has more to tell. A tenant tells one batch a pass, so that another's single clock does not wait
    /// for a thousand of its; whose clock has waited longest comes first.
    /// </summary>
    /// <exception cref="AggregateException">The sweep failed in some tenants; the others' turn is over.</exception>
    internal async Task TurnAsync(CancellationToken ct)
    {
        List<Exception> failures = [];
        int full;
        do
        {
            full = 0;
            try
            {
                await rounds.VisitAsync(await source.TenantsAsync("select tenant_id from tenants_with_due_clocks($1)", clock.GetUtcNow() - SlaSweep.Grace, ct), async (services, ct) =>
                {
                    if (await services.GetRequiredService<SlaSweep>().TellDueAsync(ct) == SlaSweep.BatchSize)
                        Interlocked.Increment(ref full);
                }, ct, TenantsAtOnce);
            }
            catch (AggregateException some)
            {
                // Those whose sweep works must not wait for the next turn.
                failures.Add(some);
            }
        }
        while (full > 0);
        if (failures.Count > 0)
            throw new AggregateException(failures).Flatten();
    }
}
