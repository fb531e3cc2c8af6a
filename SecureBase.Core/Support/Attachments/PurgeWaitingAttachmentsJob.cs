using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Support.Attachments;

/// <summary>Deletes uploads that were never sent.</summary>
internal sealed class PurgeWaitingAttachmentsJob(TenantRounds rounds) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await rounds.VisitAsync((services, ct) => services.GetRequiredService<AttachmentService>().PurgeWaitingAsync(ct), cancellationToken);
}
