using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Support;

/// <summary>Closes resolved tickets that fell silent.</summary>
internal sealed class CloseSilentTicketsJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<TicketHousekeeping>().CloseSilentAsync(ct), cancellationToken);
}
