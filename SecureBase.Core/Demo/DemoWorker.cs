using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Demo;

/// <summary>
/// Seeds a Development portal: nobody is served before the people are there, nobody waits for the history. Only the jobs do,
/// which would take tickets half told for ones that fell silent.
/// </summary>
internal sealed class DemoWorker(
    DemoSeeder seeder, JobGate jobs, IOptions<DemoOptions> options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<DemoWorker> log) : BackgroundService
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);

    private bool _peopleAreThere;
    private IDisposable? _jobsHeld;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.SeedDemo)
        {
            var people = await seeder.SeedTenantsAndPeopleAsync(cancellationToken);
            _peopleAreThere = people.IsSuccess;
            if (!people.IsSuccess)
                log.NotSeeded(people.Error.Message);
        }

        _jobsHeld = jobs.Hold();
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _jobsHeld?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using (_jobsHeld)
            await SeedHistoryAsync(stoppingToken);
    }

    private async Task SeedHistoryAsync(CancellationToken stoppingToken)
    {
        if (!_peopleAreThere || !await HasStartedAsync(stoppingToken))
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (options.Value.Receiver is { } receiver && (await seeder.SeedWebhooksAsync(receiver, stoppingToken)).Error is { } refused)
                    log.NotSeeded(refused.Message);
                if (options.Value.SeedDemoHistory && (await seeder.SeedHistoryAsync(stoppingToken)).Error is { } error)
                    log.NotSeeded(error.Message);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The database went away, most likely; what was written is continued.
                log.HistoryInterrupted(failure, TryAgain.TotalSeconds);
                await Task.Delay(TryAgain, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> HasStartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var serving = lifetime.ApplicationStarted.Register(() => started.TrySetResult(true));
        await using var stopping = stoppingToken.Register(() => started.TrySetResult(false));
        return await started.Task;
    }
}
