using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Reports;

/// <summary>Counts the days anew on which something changed, in the tenants in which something did.</summary>
internal sealed class RollUpSupportDaysJob(TenantRounds rounds, NpgsqlDataSource source, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var changed = await source.TenantsAsync("select tenant_id from tenants_with_changed_tickets($1)", clock.GetUtcNow(), cancellationToken);
        if (changed.Count > 0)
            await rounds.VisitAsync(changed, (services, ct) => services.GetRequiredService<SupportDays>().RollUpAsync(ct), cancellationToken);
    }
}
