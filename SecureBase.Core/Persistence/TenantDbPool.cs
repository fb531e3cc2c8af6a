using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Caching.Memory;

namespace SecureBase.Core.Persistence;

/// <summary>
/// Contexts kept for further use, because making one costs as much as a query. A context serves one tenant all its life:
/// whoever wrongly keeps one that was given back can meet only rows of the tenant it was made for.
/// </summary>
public sealed class TenantDbPool(DbContextOptions<SecureBaseDb> options) : IDisposable
{
    private const int ContextsPerTenant = 32;
    private const int Tenants = 1_000;
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(5);

    private readonly MemoryCache _pools = new(new MemoryCacheOptions { SizeLimit = Tenants });

    /// <summary>A context bound to the tenant, or to none; dispose it after one operation, which gives it back.</summary>
    public SecureBaseDb Take(Guid? tenantId)
    {
        if (tenantId is not { } id)
            return new SecureBaseDb(options);
        if (!_pools.TryGetValue(id, out PooledDbContextFactory<SecureBaseDb>? pool))
        {
            pool = new PooledDbContextFactory<SecureBaseDb>(options, ContextsPerTenant);
            _pools.Set(id, pool, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = Keep });
        }
        var db = pool!.CreateDbContext();
        db.Bind(id);
        return db;
    }

    public void Dispose() => _pools.Dispose();
}
