using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Tenants.Offboarding;

/// <summary>Closes tenants whose waiting period is over and deletes their data.</summary>
internal sealed class OffboardTenantsJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<TenantErasure>().RunAsync(ct), cancellationToken);
}
