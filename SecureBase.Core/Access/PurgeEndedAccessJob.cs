using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Access;

/// <summary>Deletes sessions that ended long ago, sign-ins that came to nothing, counts of tries that are over, and announcements every node has heard.</summary>
internal sealed class PurgeEndedAccessJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<EndedAccess>().PurgeAsync(ct), cancellationToken);
}
