using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Auditing;

/// <summary>Deletes audit entries whose time of keeping is over.</summary>
internal sealed class PurgeAuditEntriesJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<AuditRetention>().PurgeAsync(ct), cancellationToken);
}
