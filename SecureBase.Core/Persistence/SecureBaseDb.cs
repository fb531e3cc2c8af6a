using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Persistence;

/// <summary>
/// The tenant's database, as the <c>app</c> role. Two independent locks keep tenants apart: the query filter named
/// <see cref="TenantFilter"/> on every <see cref="ITenantOwned"/> entity, and forced row-level security, fed by
/// <see cref="TenantConnectionInterceptor"/>. Features add their sets in partial files of their own.
/// </summary>
public partial class SecureBaseDb : IdentityUserContext<Person, Guid, PersonClaim, PersonLogin, PersonToken>
{
    /// <summary>Name of the query filter, for <c>IgnoreQueryFilters([…])</c> in the isolation suite only.</summary>
    public const string TenantFilter = "tenant";

    public SecureBaseDb(DbContextOptions<SecureBaseDb> options, Guid? tenantId) : base(options) => TenantId = tenantId;

    protected SecureBaseDb(DbContextOptions options, Guid? tenantId) : base(options) => TenantId = tenantId;

    /// <summary>The tenant every query and insert is bound to; null shows no rows.</summary>
    public Guid? TenantId { get; }

    /// <summary>False only for the staff role's read-only view over all tenants.</summary>
    protected virtual bool FiltersByTenant => true;

    public DbSet<Tenant> Tenants => Set<Tenant>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(SecureBaseDb).Assembly);
        SnakeCaseNames.Apply(builder.Model);
        if (FiltersByTenant)
            TenantFilterConvention.Apply(builder, this);
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        StampTenant();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        StampTenant();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    private void StampTenant()
    {
        foreach (EntityEntry<ITenantOwned> entry in ChangeTracker.Entries<ITenantOwned>())
        {
            var property = entry.Property(nameof(ITenantOwned.TenantId));
            if (entry.State == EntityState.Added && (Guid)property.CurrentValue! == Guid.Empty)
                property.CurrentValue = TenantId ?? throw new InvalidOperationException("A tenant-owned row was added outside any tenant.");
            if (entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted && (Guid)property.CurrentValue! != TenantId)
                throw Foreign(entry.Metadata.ClrType);
        }
        if (ChangeTracker.Entries<Tenant>().Any(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted && e.Entity.Id != TenantId))
            throw Foreign(typeof(Tenant));
    }

    private static InvalidOperationException Foreign(Type row) =>
        new($"A row of another tenant was written through this tenant's context: {row.Name}.");
}
