using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Messaging;

/// <summary>Deletes answers to old Idempotency-Keys, and deliveries and events whose log time is over.</summary>
internal sealed class PurgeExpiredRowsJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<ExpiredRows>().PurgeAsync(ct), cancellationToken);
}
