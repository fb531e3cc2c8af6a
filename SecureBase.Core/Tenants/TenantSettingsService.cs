using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>An organisation's settings as its own admins see them.</summary>
/// <param name="ActorHasSecondFactor">Whether who is asking would be asked to set one up at the next sign-in, were it required.</param>
public sealed record TenantSettings(TenantView Tenant, Guid? LogoVersion, TenantUse Use, bool ActorHasSecondFactor);

/// <summary>What an organisation's admins change by themselves; null leaves a field as it is.</summary>
public sealed record EditSettings
{
    public string? Name { get; init; }
    public string? TimeZone { get; init; }
    /// <summary><c>#rrggbb</c>; the empty text takes the portal's own colour.</summary>
    public string? Accent { get; init; }
    public bool? RequiresSecondFactor { get; init; }
}

/// <summary>The settings of this scope's tenant, for its own admins. Plan, quotas and retention are the provider's to change.</summary>
public sealed class TenantSettingsService(
    UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TicketQuota tickets, TenantDirectory directory, TenantContext tenant, Caller caller, TimeProvider clock)
{
    private const string Changed = "settings.changed";

    public async Task<Result<TenantSettings>> GetAsync(CancellationToken ct)
    {
        if (!caller.Can(TenantPermissions.Settings))
            return Error.Forbidden(TenantPermissions.Settings);
        var (id, me) = (tenant.Tenant.Id, caller.Actor.PersonId);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Tenants.AsNoTracking().SingleAsync(t => t.Id == id, ct);
        var secured = await TenantUsage.Secured(db).ContainsAsync(me, ct);
        return new TenantSettings(TenantView.Of(row), row.LogoVersion, await new TenantUsage(contexts, tickets, clock).CountAsync(ct), secured);
    }

    /// <summary>Changes what is given. Errors: invalid fields, forbidden, stale.</summary>
    /// <param name="expected">The version the change is based on.</param>
    public async Task<Result<TenantView>> EditAsync(EditSettings request, int expected, CancellationToken ct)
    {
        var changes = TenantChanges.Check(new EditTenant { Name = request.Name, TimeZone = request.TimeZone, Accent = request.Accent, RequiresSecondFactor = request.RequiresSecondFactor });
        if (!changes.IsSuccess)
            return changes.Error;
        var id = tenant.Tenant.Id;
        var result = await unit.ChangeAsync<TenantView>(TenantPermissions.Settings, Changed, async (change, ct) =>
        {
            var row = await change.Db.Tenants.SingleAsync(t => t.Id == id, ct);
            if (row.Version != expected)
                return Error.Stale("organisation");
            var changed = changes.Value.ApplyTo(row);
            if (changed.Count == 0)
                return TenantView.Of(row);
            row.Touch();
            change.Audit(Changed, "tenant", id, changed);
            await change.AnnounceAsync(AccessSubject.Tenant, id, ct);
            return TenantView.Of(row);
        }, ct);
        directory.Forget(id);
        return result;
    }
}
