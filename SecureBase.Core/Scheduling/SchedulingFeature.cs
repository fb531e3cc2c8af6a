using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;

namespace SecureBase.Core.Scheduling;

public static class SchedulingFeature
{
    private static readonly TimeSpan HistoryRetention = TimeSpan.FromDays(30);
    private static readonly TimeSpan Misfired = TimeSpan.FromMinutes(1);
    private const int Concurrency = 4;

    /// <summary>
    /// Declares a job; a portal runs it, a command never does. On all nodes together it runs once at each of its times and
    /// never beside itself, and once more when the node that ran it was killed. It fails alone: its next time comes.
    /// </summary>
    /// <param name="cron">Quartz's cron with seconds, in UTC, e.g. <c>0 0/15 * * * ?</c> for every quarter of an hour.</param>
    public static IServiceCollection AddScheduledJob<T>(this IServiceCollection services, string cron) where T : class, IJob =>
        services.AddScoped<T>().AddSingleton(new ScheduledJob(typeof(T), cron));

    /// <summary>Runs the declared jobs in this process, as one node of the cluster that shares the database.</summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services)
    {
        services.AddOptions<ScheduleOptions>().BindConfiguration(ScheduleOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "SecureBase";
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UseDefaultThreadPool(Concurrency);
            quartz.AddJobLogScope();
            quartz.UsePersistentStore(store =>
            {
                store.UseSchedule(provider => provider.GetRequiredService<NpgsqlDataSource>());
                store.UseClustering(_ => { });
                store.ConfigureStore(options =>
                {
                    options.MisfireThreshold = Misfired;
                    options.RecoverFiringsCancelledByShutdown = true;
                });
            });
        });
        services.AddOptions<ClusteringOptions>().Configure<IOptions<ScheduleOptions>>((cluster, schedule) =>
            (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (schedule.Value.CheckIn, schedule.Value.CheckIn * 2));
        services.AddOptions<ExecutionHistoryOptions>().Configure(history => history.Retention = HistoryRetention);
        services.AddSingleton<JobGate>();
        services.AddSingleton<TenantRounds>();
        services.AddHostedService<SchedulerHost>();
        return services;
    }
}
