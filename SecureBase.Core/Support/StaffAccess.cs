using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>
/// How staff look at and work in a customer's tenant: by entering its scope as themselves. Entering is recorded in that
/// tenant's own audit log, where its admins see it; listing the queue in the operator's. Each at most once per person and 15 minutes.
/// </summary>
public sealed class StaffAccess(IServiceScopeFactory scopes, RecordedActs recordedActs, TenantDirectory directory, TenantContext tenant, UnitOfWork unit, Caller caller, TimeProvider clock)
{
    public static readonly TimeSpan RecordEvery = TimeSpan.FromMinutes(15);

    /// <summary>The audit action of staff who come into a tenant.</summary>
    public const string Entered = "staff.entered";

    /// <summary>The audit action of staff who look at the queue over all tenants.</summary>
    public const string ListedQueue = "staff.listed_queue";

    /// <summary>The audit action of staff who look at the list of all tenants.</summary>
    public const string ListedTenants = "staff.listed_tenants";

    /// <summary>A scope that works in the named tenant with the caller as actor; dispose it after use. Not found for an unknown tenant.</summary>
    public Task<Result<StaffScope>> EnterAsync(string slug, CancellationToken ct) => EnterAsync(slug, SupportPermissions.Work, ct);

    /// <param name="needed">What the caller must be allowed to do there.</param>
    /// <inheritdoc cref="EnterAsync(string, CancellationToken)"/>
    public async Task<Result<StaffScope>> EnterAsync(string slug, Permission needed, CancellationToken ct)
    {
        if (!caller.Can(needed))
            return await unit.RefuseAsync(needed, Entered, refusal: null, ct);
        if (await directory.FindAsync(slug, ct) is not { Kind: TenantKind.Customer } target)
            return Error.NotFound("tenant");
        var scope = scopes.CreateAsyncScope();
        try
        {
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(target);
            scope.ServiceProvider.GetRequiredService<Caller>().Become(Inside(caller.Actor, needed));
            await RecordAsync(scope.ServiceProvider, target.Id, needed, Entered, ct);
            return new StaffScope(scope, target);
        }
        catch
        {
            await scope.DisposeAsync();
            throw;
        }
    }

    // The scope of the staff's support work includes, in the tenants it opens, what that work consists of: reading and writing tickets.
    private static Actor Inside(Actor actor, Permission needed) => actor.Scopes is { } scopes && needed == SupportPermissions.Work
        ? actor with { Scopes = scopes.Concat([SupportPermissions.Read.Scope!, SupportPermissions.Comment.Scope!]).ToHashSet(StringComparer.Ordinal) }
        : actor;

    internal Task RecordQueueAsync(CancellationToken ct) => RecordListAsync(SupportPermissions.Work, ListedQueue, ct);

    /// <summary>Records in the operator's log that the caller looked at a list over all tenants.</summary>
    internal async Task RecordListAsync(Permission needed, string action, CancellationToken ct)
    {
        // The scope is for an entry that is to be written, which is seldom.
        if (recordedActs.Have(tenant.Tenant.Id, caller.Actor.PersonId, action, clock.GetUtcNow()))
            return;
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant.Tenant);
        scope.ServiceProvider.GetRequiredService<Caller>().Become(caller.Actor);
        await RecordAsync(scope.ServiceProvider, tenant.Tenant.Id, needed, action, ct);
    }

    private async Task RecordAsync(IServiceProvider inside, Guid tenantId, Permission needed, string action, CancellationToken ct)
    {
        var (person, now) = (caller.Actor.PersonId, clock.GetUtcNow());
        if (recordedActs.Have(tenantId, person, action, now))
            return;
        var recorded = await RecordAsync(inside.GetRequiredService<UnitOfWork>(), inside.GetRequiredService<IDbContextFactory<SecureBaseDb>>(), needed, caller.Actor, now, action, ct);
        recordedActs.Add(tenantId, person, action, recorded);
    }

    /// <summary>Records the act at <paramref name="at"/>, unless the same person's was recorded within <see cref="RecordEvery"/> before.</summary>
    /// <returns>When it was recorded.</returns>
    internal static async Task<DateTimeOffset> RecordAsync(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, Permission needed, Actor actor, DateTimeOffset at, string action, CancellationToken ct)
    {
        var since = at - RecordEvery;
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            if (await db.AuditEntries.Where(e => e.At > since && e.At <= at && e.Action == action && e.ActorId == actor.PersonId && e.Outcome == AuditOutcome.Done).MaxAsync(e => (DateTimeOffset?)e.At, ct) is { } earlier)
                return earlier;
        }
        var recorded = await unit.ChangeAsync<Done>(needed, action, (change, _) =>
        {
            change.Audit(action);
            return Task.FromResult<Result<Done>>(Done.Value);
        }, ct);
        return recorded.IsSuccess ? at : throw new InvalidOperationException($"Nobody of the staff goes unrecorded: {recorded.Error.Message}");
    }
}

/// <summary>Services inside a customer's tenant, acting for a member of staff.</summary>
public sealed class StaffScope(AsyncServiceScope scope, TenantInfo tenant) : IAsyncDisposable
{
    public TenantInfo Tenant => tenant;
    public TicketService Tickets => scope.ServiceProvider.GetRequiredService<TicketService>();
    public IServiceProvider Services => scope.ServiceProvider;

    public ValueTask DisposeAsync() => scope.DisposeAsync();
}
