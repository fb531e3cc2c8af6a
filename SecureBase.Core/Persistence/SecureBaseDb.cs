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

    /// <summary>Bound to no tenant until <see cref="Bind"/>. The only public one, as pooling asks.</summary>
    public SecureBaseDb(DbContextOptions<SecureBaseDb> options) : base(options) { }

    internal SecureBaseDb(DbContextOptions<SecureBaseDb> options, Guid? tenantId) : base(options) => TenantId = tenantId;

    protected SecureBaseDb(DbContextOptions options, Guid? tenantId) : base(options) => TenantId = tenantId;

    /// <summary>The tenant every query and insert is bound to; null shows no rows.</summary>
    public Guid? TenantId { get; private set; }

    /// <summary>False only for the staff role's read-only view over all tenants.</summary>
    protected virtual bool FiltersByTenant => true;

    public DbSet<Tenant> Tenants => Set<Tenant>();

    internal void Bind(Guid tenantId)
    {
        if (TenantId is { } bound && bound != tenantId)
            throw new InvalidOperationException("A context of one tenant was asked to serve another.");
        TenantId = tenantId;
    }

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
        var detects = StampTenant();
        try
        {
            return base.SaveChanges(acceptAllChangesOnSuccess);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var detects = StampTenant();
        try
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }

    /// <summary>Finds all changes, gives new rows their tenant and refuses those of another. Changes are found once a save: the caller turns finding on again.</summary>
    /// <returns>Whether changes were found by themselves before.</returns>
    private bool StampTenant()
    {
        var detects = ChangeTracker.AutoDetectChangesEnabled;
        if (detects)
            ChangeTracker.DetectChanges();
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            foreach (var entry in ChangeTracker.Entries().Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted))
                Stamp(entry);
            return detects;
        }
        catch
        {
            ChangeTracker.AutoDetectChangesEnabled = detects;
            throw;
        }
    }

    private void Stamp(EntityEntry entry)
    {
        switch (entry.Entity)
        {
            case ITenantOwned:
                var tenant = entry.Property(nameof(ITenantOwned.TenantId));
                if (entry.State == EntityState.Added && (Guid)tenant.CurrentValue! == Guid.Empty)
                    tenant.CurrentValue = TenantId ?? throw new InvalidOperationException("A tenant-owned row was added outside any tenant.");
                if ((Guid)tenant.CurrentValue! != TenantId)
                    throw Foreign(entry.Metadata.ClrType);
                break;
            case Tenant changed when changed.Id != TenantId:
                throw Foreign(typeof(Tenant));
        }
    }

    private static InvalidOperationException Foreign(Type row) =>
        new($"A row of another tenant was written through this tenant's context: {row.Name}.");
}
