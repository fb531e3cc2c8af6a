using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Accounts;

/// <summary>Deletes mailed links that ended days ago.</summary>
internal sealed class PurgeEndedLinksJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<EndedLinks>().PurgeAsync(ct), cancellationToken);
}
