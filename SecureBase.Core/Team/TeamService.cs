using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Accounts;
using SecureBase.Core.Auditing;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Team;

/// <summary>
/// The people of this scope's tenant and what may be done to them. Rules beside the permissions: nobody touches who stands not below
/// them, changes their own role or deactivates themselves, and one active admin always remains. Changes of one tenant's people
/// queue on its lock, and the actor's role is read anew under it, so that the rules hold exactly however many act at once.
/// </summary>
public sealed class TeamService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, TimeProvider clock)
{
    /// <summary>Humans only; the persons behind API keys are listed with their keys.</summary>
    public async Task<Result<Page<MemberView>>> ListAsync(TeamQuery query, CancellationToken ct)
    {
        if (!caller.Can(TeamPermissions.Read))
            return Error.Forbidden(TeamPermissions.Read);
        if (PageRules.Check(query.Limit, query.Cursor, query.Text) is { } invalid)
            return invalid;
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var matching = TeamSearch.Where(db.Users.AsNoTracking(), query, now);
        if (query.PageNumber is { } number)
        {
            var total = await matching.CountAsync(ct);
            var rows = await matching.OrderBy(p => p.DeactivatedAt != null).ThenBy(p => p.DisplayName).ThenBy(p => p.Id).Skip((Math.Max(number, 1) - 1) * query.Limit).Take(query.Limit).Select(View(db, now)).ToListAsync(ct);
            return new Page<MemberView>(rows, null) { Total = total };
        }
        if (Cursor.TryParse(query.Cursor, out var from))
            matching = matching.Where(p => p.CreatedAt < from.At || (p.CreatedAt == from.At && p.Id.CompareTo(from.Id) < 0));
        var page = await matching.OrderByDescending(p => p.CreatedAt).ThenByDescending(p => p.Id).Take(query.Limit + 1).Select(View(db, now)).ToListAsync(ct);
        return new Page<MemberView>([.. page.Take(query.Limit)], page.Count > query.Limit ? new Cursor(page[query.Limit - 1].CreatedAt, page[query.Limit - 1].Id).ToString() : null);
    }

    /// <summary>One person; not found when they are another tenant's or nobody's.</summary>
    public async Task<Result<MemberView>> GetAsync(Guid id, CancellationToken ct)
    {
        if (!caller.Can(TeamPermissions.Read))
            return Error.Forbidden(TeamPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await FindAsync(db, id, clock.GetUtcNow(), ct) is { } member ? member : TeamErrors.PersonNotFound;
    }

    public async Task<Result<TeamSize>> SizeAsync(CancellationToken ct)
    {
        if (!caller.Can(TeamPermissions.Read))
            return Error.Forbidden(TeamPermissions.Read);
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var people = db.Users.Where(p => p.Kind == PersonKind.Human);
        return new TeamSize(
            tenant.Tenant.IsOperator ? null : tenant.Tenant.Limits.Users,
            await db.TakenPlacesAsync(now, exceptInvitation: null, ct),
            await people.CountAsync(p => p.DeactivatedAt == null, ct),
            await people.CountAsync(p => p.DeactivatedAt == null && p.LockoutEnd > now, ct),
            await people.CountAsync(p => p.DeactivatedAt != null, ct),
            await db.Invitations.CountAsync(i => i.AcceptedAt == null && i.RevokedAt == null, ct));
    }

    /// <summary>What the person did and what was done to their account, the newest first.</summary>
    public async Task<Result<Page<PersonActivity>>> ActivityAsync(Guid id, int limit, string? cursor, CancellationToken ct)
    {
        if (!caller.Can(TeamPermissions.Read))
            return Error.Forbidden(TeamPermissions.Read);
        if (PageRules.Check(limit, cursor) is { } invalid)
            return invalid;
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!await db.Users.AnyAsync(p => p.Id == id && p.Kind == PersonKind.Human, ct))
            return TeamErrors.PersonNotFound;
        var entries = db.AuditEntries.AsNoTracking().Where(e => e.ActorId == id || e.SubjectId == id);
        if (Cursor.TryParse(cursor, out var from))
            entries = entries.Where(e => e.At < from.At || (e.At == from.At && e.Id.CompareTo(from.Id) < 0));
        var page = await entries.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(limit + 1)
            .Select(e => new { e.Id, e.At, e.Action, e.ActorName, Own = e.ActorId == id, e.Outcome, e.RemoteAddress, e.SubjectKind, e.Details }).ToListAsync(ct);
        return new Page<PersonActivity>([.. page.Take(limit).Select(e => new PersonActivity(
                e.Id, e.At, e.Action, e.ActorName, e.Own, e.Outcome == AuditOutcome.Refused, e.RemoteAddress, e.SubjectKind == "ticket" ? NumberIn(e.Details) : null))],
            page.Count > limit ? new Cursor(page[limit - 1].At, page[limit - 1].Id).ToString() : null);
    }

    /// <summary>Changes name and role. Errors: invalid fields, stale, own role, above the caller's reach, last admin. <paramref name="expectedVersion"/> null means "whatever it is now".</summary>
    public async Task<Result<MemberView>> EditAsync(Guid id, EditPerson edit, int? expectedVersion, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var name = edit.Name is null ? null : PersonRules.Name(edit.Name, errors);
        var role = edit.Role is null ? null : PersonRules.Role(edit.Role, tenant.Tenant, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        return await ChangeAsync(id, role is null ? "person.renamed" : "person.role_changed", expectedVersion, mayBeSelf: role is null, async (change, person, actorRole, ct) =>
        {
            if (role is not null && role != person.Role)
            {
                if (!TeamRules.MayManage(actorRole, role))
                    return TeamErrors.AboveYou(role);
                if (await IsLastAdminAsync(change, person, ct))
                    return TeamErrors.LastAdmin(person.Role);
                var before = person.Role;
                person.ChangeRole(role);
                change.Audit("person.role_changed", AccountEvents.Person, id, new { from = before, to = role });
                // Circuits hold the old role: they are cut off and come back with the new one.
                await change.AnnounceAsync(AccessSubject.Person, id, ct);
            }
            if (name is not null && name != person.DisplayName)
            {
                person.Rename(name);
                change.Audit("person.renamed", AccountEvents.Person, id);
                await change.AnnounceAsync(AccessSubject.Person, id, ct);
            }
            return null;
        }, ct);
    }

    /// <summary>Shuts the person out within five seconds on every node. What they did stays, as do API keys: those belong to the organisation. Errors: oneself, the last admin, above the caller's reach.</summary>
    public Task<Result<MemberView>> DeactivateAsync(Guid id, CancellationToken ct) => ChangeAsync(id, "person.deactivated", null, mayBeSelf: false, async (change, person, _, ct) =>
    {
        if (!person.IsActive)
            return null;
        if (await IsLastAdminAsync(change, person, ct))
            return TeamErrors.LastAdmin(person.Role);
        person.Deactivate(change.At);
        var ended = await change.EndSessionsAsync(id, except: null, ct);
        await change.CancelLinksAsync(LinkPurpose.PasswordReset, id, invitationId: null, ct);
        await change.CancelLinksAsync(LinkPurpose.EmailChange, id, invitationId: null, ct);
        change.Audit("person.deactivated", AccountEvents.Person, id, new { sessions_ended = ended });
        return null;
    }, ct, selfRefusal: TeamErrors.OwnAccount);

    /// <summary>Lets the person in again with the password and second factor they had. Errors: no place left, above the caller's reach.</summary>
    public Task<Result<MemberView>> ReactivateAsync(Guid id, CancellationToken ct) => ChangeAsync(id, "person.reactivated", null, mayBeSelf: false, async (change, person, _, ct) =>
    {
        if (person.IsActive)
            return null;
        if (await change.NoPlaceAsync(tenant.Tenant, instead: null, ct) is { } full)
            return full;
        person.Reactivate();
        change.Audit("person.reactivated", AccountEvents.Person, id);
        return null;
    }, ct);

    /// <summary>Ends the time of waiting after too many wrong passwords; does nothing when there is none.</summary>
    public Task<Result<MemberView>> UnlockAsync(Guid id, CancellationToken ct) => ChangeAsync(id, "person.unlocked", null, mayBeSelf: false, (change, person, _, _) =>
    {
        if (!person.IsActive)
            return Task.FromResult<Error?>(TeamErrors.Deactivated(person.DisplayName));
        if (person.LockoutEnd > change.At || person.AccessFailedCount > 0)
        {
            person.Unlock();
            change.Audit("person.unlocked", AccountEvents.Person, id);
        }
        return Task.FromResult<Error?>(null);
    }, ct);

    private Task<Result<MemberView>> ChangeAsync(
        Guid id, string action, int? expectedVersion, bool mayBeSelf, Func<Change, Person, string, CancellationToken, Task<Error?>> apply, CancellationToken ct, Error? selfRefusal = null) =>
        unit.ChangeOrRefuseAsync<MemberView>(TeamPermissions.Edit, action, async (change, ct) =>
        {
            await change.LockPeopleAsync(tenant.Tenant, ct);
            if (await change.Db.Users.FromSql($"select * from people where id = {id} for update").SingleOrDefaultAsync(ct) is not { Kind: PersonKind.Human } person)
                return TeamErrors.PersonNotFound;
            if (!mayBeSelf && id == change.Actor.PersonId)
                return selfRefusal ?? TeamErrors.OwnRole;
            if (await CurrentRoleAsync(change, ct) is not { } actorRole)
                return Error.Forbidden(TeamPermissions.Edit);
            if (id != change.Actor.PersonId && !TeamRules.MayManage(actorRole, person.Role))
                return TeamErrors.AboveYou(person.Role);
            if (expectedVersion is { } expected && expected != person.Version)
                return Error.Stale("person");
            var version = person.Version;
            if (await apply(change, person, actorRole, ct) is { } refused)
                return refused;
            if (person.Version != version)
                change.Emit(AccountEvents.PersonUpdated, AccountEvents.Person, id, person.Version, data: null);
            await change.Db.SaveChangesAsync(ct);
            return (await FindAsync(change.Db, id, change.At, ct))!;
        }, ct);

    // The session may be older than a demotion committed a moment ago. Staff in a customer's tenant and the product itself have no row here; a key's role is read with the key.
    private static async Task<string?> CurrentRoleAsync(Change change, CancellationToken ct)
    {
        if (change.Actor.TenantId != change.Db.TenantId || change.Actor.Kind == ActorKind.System || change.Actor.ApiKeyId is not null)
            return change.Actor.Role;
        var role = await change.Db.Users.Where(p => p.Id == change.Actor.PersonId && p.DeactivatedAt == null).Select(p => p.Role).SingleOrDefaultAsync(ct);
        return role is not null && TeamPermissions.Edit.GrantedTo.Contains(role) ? role : null;
    }

    private async Task<bool> IsLastAdminAsync(Change change, Person person, CancellationToken ct)
    {
        var top = PersonRules.TopRole(tenant.Tenant);
        return person.Role == top && person.IsActive
            && !await change.Db.Users.AnyAsync(p => p.Id != person.Id && p.Kind == PersonKind.Human && p.Role == top && p.DeactivatedAt == null, ct);
    }

    private static string? NumberIn(string? details)
    {
        using var json = JsonDocument.Parse(details ?? "{}");
        return json.RootElement.TryGetProperty("number", out var number) ? number.GetString() : null;
    }

    private static Task<MemberView?> FindAsync(SecureBaseDb db, Guid id, DateTimeOffset now, CancellationToken ct) =>
        db.Users.AsNoTracking().Where(p => p.Id == id && p.Kind == PersonKind.Human).Select(View(db, now)).SingleOrDefaultAsync(ct)!;

    private static Expression<Func<Person, MemberView>> View(SecureBaseDb db, DateTimeOffset now) => p => new MemberView
    {
        Id = p.Id,
        Name = p.DisplayName,
        Email = p.Email!,
        Role = p.Role,
        Status = p.DeactivatedAt != null ? MemberStatus.Deactivated : p.LockoutEnd > now ? MemberStatus.Locked : MemberStatus.Active,
        SecondFactor = p.TwoFactorEnabled,
        LastSeenAt = db.Sessions.Where(s => s.PersonId == p.Id).Max(s => (DateTimeOffset?)s.LastSeenAt),
        Sessions = db.Sessions.Count(s => s.PersonId == p.Id && s.RevokedAt == null && s.ExpiresAt > now),
        CreatedAt = p.CreatedAt,
        DeactivatedAt = p.DeactivatedAt,
        LockedUntil = p.DeactivatedAt == null && p.LockoutEnd > now ? p.LockoutEnd : null,
        Version = p.Version,
    };
}
