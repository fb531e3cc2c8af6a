using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Tenants.Exports;

/// <summary>Deletes exports whose time is over.</summary>
internal sealed class PurgeExpiredExportsJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<ExportService>().PurgeExpiredAsync(ct), cancellationToken);
}
