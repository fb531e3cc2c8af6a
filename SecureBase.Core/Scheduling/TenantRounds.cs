using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Scheduling;

/// <summary>How a job looks after all tenants: each in a scope of its own under its own row-level security, as the product itself.</summary>
public sealed class TenantRounds(IServiceScopeFactory scopes, NpgsqlDataSource source, TenantDirectory directory, ILogger<TenantRounds> log)
{
    /// <summary>Does the work in every tenant, suspended ones too, one after the other. One tenant's failure is logged and the others are served.</summary>
    /// <param name="work">Gets the tenant's services.</param>
    /// <exception cref="AggregateException">The work failed in some tenants; it is done in all others.</exception>
    public async Task VisitAsync(Func<IServiceProvider, CancellationToken, Task> work, CancellationToken ct) => await VisitAsync(await source.TenantsAsync("select tenant_id from tenant_ids()", at: null, ct), work, ct);

    /// <summary>Does the work in some tenants, beginning with the first.</summary>
    /// <param name="tenantIds">The tenants in which there is something to do.</param>
    /// <param name="work">Gets the tenant's services.</param>
    /// <param name="atOnce">How many tenants at most are visited at the same time.</param>
    /// <exception cref="AggregateException">The work failed in some tenants; it is done in all others.</exception>
    public async Task VisitAsync(IReadOnlyCollection<Guid> tenantIds, Func<IServiceProvider, CancellationToken, Task> work, CancellationToken ct, int atOnce = 1)
    {
        ConcurrentQueue<Exception> failures = [];
        await Parallel.ForEachAsync(tenantIds, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct }, async (tenantId, ct) =>
        {
            try
            {
                await VisitAsync(tenantId, work, ct);
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                log.TenantFailed(failure, tenantId);
                failures.Enqueue(failure);
            }
        });
        if (!failures.IsEmpty)
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
