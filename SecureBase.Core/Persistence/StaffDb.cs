using Microsoft.EntityFrameworkCore;

namespace SecureBase.Core.Persistence;

/// <summary>
/// All tenants, read only, as the <c>staff</c> role: used by the admin area alone, each use audited. The role has no
/// right to write; changes are made by entering the tenant's own scope as a named actor.
/// </summary>
public sealed class StaffDb(DbContextOptions<StaffDb> options) : SecureBaseDb(options, tenantId: null)
{
    protected override bool FiltersByTenant => false;

    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw ReadOnly();

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) => throw ReadOnly();

    private static InvalidOperationException ReadOnly() => new("The staff view is read only: enter the tenant's scope to change something.");
}
