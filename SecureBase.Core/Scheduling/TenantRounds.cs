using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Scheduling;

/// <summary>How a job looks after all tenants: one after the other, each in a scope of its own under its own row-level security, as the product itself.</summary>
public sealed class TenantRounds(IServiceScopeFactory scopes, NpgsqlDataSource source, TenantDirectory directory, ILogger<TenantRounds> log)
{
    /// <summary>Does the work in every tenant, suspended ones too. One tenant's failure is logged and the others are served.</summary>
    /// <param name="work">Gets the tenant's services.</param>
    /// <exception cref="AggregateException">The work failed in some tenants; it is done in all others.</exception>
    public async Task VisitAsync(Func<IServiceProvider, CancellationToken, Task> work, CancellationToken ct) => await VisitAsync(await source.TenantsAsync("select tenant_id from tenant_ids()", at: null, ct), work, ct);

    /// <param name="tenantIds">The tenants in which there is something to do.</param>
    /// <inheritdoc cref="VisitAsync(Func{IServiceProvider, CancellationToken, Task}, CancellationToken)"/>
    public async Task VisitAsync(IReadOnlyCollection<Guid> tenantIds, Func<IServiceProvider, CancellationToken, Task> work, CancellationToken ct)
    {
        List<Exception> failures = [];
        foreach (var tenantId in tenantIds)
        {
            try
            {
                await VisitAsync(tenantId, work, ct);
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                log.TenantFailed(failure, tenantId);
                failures.Add(failure);
            }
        }
        if (failures.Count > 0)
            throw new AggregateException($"The work failed in {failures.Count} tenants and is done in the others.", failures);
    }

    private async Task VisitAsync(Guid tenantId, Func<IServiceProvider, CancellationToken, Task> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (await directory.FindAsync(tenantId, ct) is not { } tenant)
            return;
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        scope.ServiceProvider.GetRequiredService<Caller>().Become(SystemActor.Instance);
        await work(scope.ServiceProvider, ct);
    }
}
