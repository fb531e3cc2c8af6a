using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Support.Reports;

/// <summary>Counts the days anew on which something changed, in the tenants in which something did.</summary>
internal sealed class RollUpSupportDaysJob(TenantRounds rounds, NpgsqlDataSource source) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (await ChangedTenantsAsync(cancellationToken) is { Count: > 0 } changed)
            await rounds.VisitAsync(changed, (services, ct) => services.GetRequiredService<SupportDays>().RollUpAsync(ct), cancellationToken);
    }

    private async Task<List<Guid>> ChangedTenantsAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("select tenant_id from tenants_with_changed_tickets()");
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Guid> ids = [];
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
