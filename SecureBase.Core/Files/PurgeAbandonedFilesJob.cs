using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Files;

/// <summary>Deletes files that stopped arriving.</summary>
internal sealed class PurgeAbandonedFilesJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<FileStore>().PurgeAbandonedAsync(ct), cancellationToken);
}
