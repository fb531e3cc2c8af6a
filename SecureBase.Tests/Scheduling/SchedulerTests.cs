using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Secrets;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Scheduling;

/// <summary>Nodes with real schedulers on one database.</summary>
public sealed class SchedulerTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        await Firing.PrepareAsync(_database);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task TwoNodes_RunEachFiringOnce_AndLeaveNoneOut()
    {
        await using (await StartAsync<NotingJob>())
        await using (await StartAsync<NotingJob>())
            await FiredAsync(6);

        // Nodes that stop interrupt the last of them.
        var at = (await Firing.ReadAsync(_database)).Select(f => f.ScheduledAt).Order().Take(6).ToList();
        Assert.Equal(Enumerable.Range(0, at.Count).Select(i => at[0].AddSeconds(i)), at);
    }

    [Fact]
    public async Task KilledNode_LeavesItsJobToTheOther()
    {
        using var doomed = JobNode.StartProcess(_database.Connections);
        try
        {
            await FiredAsync(1);
            await using var heir = await StartAsync<HangingJob>();
            Assert.Single(await Firing.ReadAsync(_database));

            doomed.Kill();
            await doomed.WaitForExitAsync();

            await FiredAsync(3);
        }
        finally
        {
            if (!doomed.HasExited)
                doomed.Kill();
        }
        var firings = await Firing.ReadAsync(_database);
        Assert.False(firings[0].IsRecovery);
        var recovered = Assert.Single(firings, f => f.IsRecovery);
        Assert.NotEqual(firings[0].Node, recovered.Node);
        Assert.All(firings.Skip(1), f => Assert.Equal(recovered.Node, f.Node));
    }

    [Fact]
    public async Task StoppedNode_AsksItsJobToEnd_AndTheNextStartRunsItAgain()
    {
        HangingJob.Hangs = true;
        await using (await StartAsync<HangingJob>())
            await FiredAsync(1);
        HangingJob.Hangs = false;

        await using (await StartAsync<HangingJob>())
            await Until.TrueAsync("the interrupted firing is recovered", async () => (await Firing.ReadAsync(_database)).Any(f => f.IsRecovery), seconds: 90);
    }

    [Fact]
    public async Task FailingJob_RunsAgainAtItsNextTime()
    {
        await using var node = await StartAsync<FailingJob>();

        await FiredAsync(2);

        Assert.Equal(0L, await Sql.ScalarAsync(_database.SuperuserConnectionString, "select count(*) from quartz.qrtz_triggers where trigger_state = 'ERROR'"));
        await Until.TrueAsync("the history tells of the failure", async () =>
            await Sql.ScalarAsync(_database.SuperuserConnectionString, "select count(*) from quartz.qrtz_execution_history where job_name = 'FailingJob' and not succeeded") is > 0L);
    }

    [Fact]
    public async Task Restart_KeepsWhatStandsInTheStore_AndReplacesWhatChanged()
    {
        const string yearly = "0 0 0 1 1 ?";
        await using (await JobNode.StartAsync(_database.Connections, services => services.AddScheduledJob<NotingJob>(yearly)))
            await StoredAsync(yearly);
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, "update quartz.qrtz_triggers set next_fire_time = 1 where trigger_name = 'NotingJob'");

        await using (await JobNode.StartAsync(_database.Connections, services => services.AddScheduledJob<NotingJob>(yearly)))
            await FiredAsync(1);
        await using (await StartAsync<NotingJob>())
            await FiredAsync(2);
    }

    [Fact]
    public async Task DatabaseWithoutASchedule_IsWaitedFor()
    {
        await using var database = await (await TestCluster.GetAsync()).CreateEmptyDatabaseAsync();
        await SecureBase.Core.Persistence.DatabaseMigrator.MigrateAsync(database.Connections.Owner!, CancellationToken.None);
        await Firing.PrepareAsync(database);
        await using var node = await JobNode.StartAsync(database.Connections, services => services.AddScheduledJob<NotingJob>(JobNode.EverySecond));

        await PortalDatabase.MigrateAsync(database.Connections.Owner!, CancellationToken.None);

        await Until.TrueAsync("a job ran", async () => (await Firing.ReadAsync(database)).Count > 0);
    }

    [Fact]
    public async Task PortalAndCommand_DeclareTheSameJobs_AndOnlyThePortalHasAScheduler()
    {
        await using var portal = await PortalFactory.StartAsync(_database.Connections);
        var command = new ServiceCollection();
        SecureBase.Portal.Features.AddCore(command, _database.Connections, KeyRing.Of(SecretKey.New()));

        Assert.NotNull(portal.Services.GetService<ISchedulerFactory>());
        Assert.DoesNotContain(command, service => service.ServiceType == typeof(ISchedulerFactory) || service.ImplementationType == typeof(SchedulerHost));
        Assert.All(portal.Services.GetServices<ScheduledJob>(), job => Assert.NotNull(new CronExpression(job.Cron).GetNextValidTimeAfter(DateTimeOffset.UnixEpoch)));
        await using var scope = portal.ScopeFor(null, null);
        Assert.All(portal.Services.GetServices<ScheduledJob>(), job => Assert.IsAssignableFrom<IJob>(scope.Services.GetRequiredService(job.Type)));
    }

    private Task<JobNode> StartAsync<T>() where T : class, IJob =>
        JobNode.StartAsync(_database.Connections, services => services.AddScheduledJob<T>(JobNode.EverySecond));

    private Task FiredAsync(int times) => Until.TrueAsync($"jobs ran {times} times", async () => (await Firing.ReadAsync(_database)).Count >= times, seconds: 90);

    private Task StoredAsync(string cron) => Until.TrueAsync("the trigger is stored", async () =>
        await Sql.ScalarAsync(_database.SuperuserConnectionString, $"select count(*) from quartz.qrtz_cron_triggers where cron_expression = '{cron}'") is 1L);
}
