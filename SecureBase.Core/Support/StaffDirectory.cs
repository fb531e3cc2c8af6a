using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>The provider's support people, as staff see them.</summary>
public sealed class StaffDirectory(IDbContextFactory<StaffDb> contexts)
{
    /// <summary>Everybody who can be assigned, by name.</summary>
    public async Task<IReadOnlyList<PersonRef>> ListAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Users.Where(p => p.TenantId == Tenant.OperatorId && p.Kind == PersonKind.Human && p.DeactivatedAt == null)
            .OrderBy(p => p.DisplayName).Select(p => new PersonRef(p.Id, p.DisplayName)).ToListAsync(ct);
    }

    /// <summary>Null when the id is no team's.</summary>
    public async Task<TeamRef?> FindTeamAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.SupportTeams.Where(t => t.TenantId == Tenant.OperatorId && t.Id == id).Select(t => new TeamRef(t.Id, t.Name)).SingleOrDefaultAsync(ct);
    }

    /// <summary>What these people of the provider are called, whether or not they are still there.</summary>
    public async Task<IReadOnlyList<PersonRef>> NamesAsync(IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Users.Where(p => p.TenantId == Tenant.OperatorId && ids.Contains(p.Id)).Select(p => new PersonRef(p.Id, p.DisplayName)).ToListAsync(ct);
    }

    /// <summary>Null when the id is nobody of the support staff.</summary>
    public async Task<PersonRef?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Users.Where(p => p.TenantId == Tenant.OperatorId && p.Kind == PersonKind.Human && p.DeactivatedAt == null && p.Id == id)
            .Select(p => new PersonRef(p.Id, p.DisplayName)).SingleOrDefaultAsync(ct);
    }
}
