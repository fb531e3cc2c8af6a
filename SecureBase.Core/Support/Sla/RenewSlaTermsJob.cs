using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Support.Sla;

/// <summary>Takes changed plans, zones, policies and calendars over to the tenants' open tickets.</summary>
internal sealed class RenewSlaTermsJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<SlaSweep>().RenewAsync(ct), cancellationToken);
}
