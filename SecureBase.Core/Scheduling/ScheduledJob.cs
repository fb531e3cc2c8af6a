using Quartz;

namespace SecureBase.Core.Scheduling;

/// <summary>A job and when it runs, as its feature declared it.</summary>
/// <param name="Cron">Quartz's cron with seconds, read in UTC.</param>
internal sealed record ScheduledJob(Type Type, string Cron)
{
    /// <summary>The same in every build, so that a new one finds what an older one stored.</summary>
    public string Name => Type.Name;

    /// <summary>Stores job and trigger, unless they stand there as declared: a trigger that is left alone still knows what it missed.</summary>
    public async Task StoreAsync(IScheduler scheduler, CancellationToken ct)
    {
        if (await IsStoredAsync(scheduler, ct))
            return;
        var job = JobBuilder.Create().OfType(Type).WithIdentity(Name).DisallowConcurrentExecution().RequestRecovery().Build();
        // What was missed while no node ran is done once, and not as often as it was missed.
        var trigger = TriggerBuilder.Create().WithIdentity(Name).ForJob(job)
            .WithCronSchedule(Cron, cron => cron.InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
            .Build();
        await scheduler.ScheduleJob(job, [trigger], ScheduleJobOptions.Replacing, ct);
    }

    private async Task<bool> IsStoredAsync(IScheduler scheduler, CancellationToken ct)
    {
        var key = new TriggerKey(Name);
        return await scheduler.GetTrigger(key, ct) is ICronTrigger trigger && trigger.CronExpressionString == Cron
            && await scheduler.GetTriggerState(key, ct) != TriggerState.Error
            && await scheduler.GetJobDetail(trigger.JobKey, ct) is { } job && job.JobType.Type == Type;
    }
}
