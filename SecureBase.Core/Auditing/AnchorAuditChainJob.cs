using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Auditing;

/// <summary>Vouches for the audit chains of all tenants.</summary>
internal sealed class AnchorAuditChainJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<AuditAnchoring>().AnchorAsync(ct), cancellationToken);
}
