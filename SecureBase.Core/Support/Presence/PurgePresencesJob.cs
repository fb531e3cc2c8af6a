using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Support.Presence;

/// <summary>Forgets pages that went away without saying so.</summary>
internal sealed class PurgePresencesJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<PresenceService>().ForgetGoneAsync(ct), cancellationToken);
}
