using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;

namespace SecureBase.Core.Scheduling;

/// <summary>
/// Runs the schedule on this node once the portal serves, the database has the schedule's tables and nothing holds the jobs
/// back. A stop asks running jobs to end; what they leave is run again by another node, or by this one at its next start.
/// </summary>
internal sealed class SchedulerHost(
    ISchedulerFactory factory, IEnumerable<ScheduledJob> jobs, JobGate gate, NpgsqlDataSource source,
    IHostApplicationLifetime lifetime, IOptions<ScheduleOptions> options, TimeProvider clock, ILogger<SchedulerHost> log) : BackgroundService
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    private IScheduler? _scheduler;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_scheduler is { } scheduler)
            await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
            return;
        try
        {
            await ServingAsync(stoppingToken);
            await gate.WaitAsync(stoppingToken);
            while (!await StartedAsync(stoppingToken))
                await Task.Delay(TryAgain, clock, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before it had begun.
        }
    }

    private async Task<bool> StartedAsync(CancellationToken ct)
    {
        try
        {
            await using (var connection = await source.OpenConnectionAsync(ct))
            {
                if (!await ScheduleSchema.IsCurrentAsync(connection, ct))
                {
                    log.SchemaMissing(ScheduleSchema.Version);
                    return false;
                }
            }
            var scheduler = _scheduler ??= await factory.GetScheduler(ct);
            foreach (var job in jobs)
                await job.StoreAsync(scheduler, ct);
            await scheduler.Start(ct);
            return true;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            log.NotStarted(failure);
            return false;
        }
    }

    private async Task ServingAsync(CancellationToken ct)
    {
        var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var started = lifetime.ApplicationStarted.Register(serving.SetResult);
        await serving.Task.WaitAsync(ct);
    }
}
