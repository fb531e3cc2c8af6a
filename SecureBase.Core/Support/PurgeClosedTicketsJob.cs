using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Support;

/// <summary>Deletes tickets whose time of keeping is over.</summary>
internal sealed class PurgeClosedTicketsJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<TicketHousekeeping>().PurgeClosedAsync(ct), cancellationToken);
}
