using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Accounts;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Team;

/// <summary>
/// Invites people into this scope's tenant. An invitation takes one of the plan's places, lives seven days and works once; its token
/// stands in the mail alone.
/// </summary>
public sealed class InvitationService(
    UnitOfWork unit, AnonymousChange changes, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, IPasswordHasher<Person> hasher, ILookupNormalizer normalizer, TimeProvider clock)
{
    internal const string SubjectKind = "invitation";
    internal const string Invited = "invitation.created";

    /// <summary>Invites someone by mail. Errors: invalid fields, a role above the caller's reach, someone who is here or invited already, no place left.</summary>
    /// <param name="displayName">What to call them; they may change it when they join.</param>
    public async Task<Result<InvitationView>> InviteAsync(string? email, string? displayName, string? role, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var wanted = Check(email, displayName, role, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        if (caller.Can(TeamPermissions.Invite) && !TeamRules.MayManage(caller.Actor.Role, wanted.Role))
            return await unit.RefuseAsync(TeamPermissions.All, Invited, TeamErrors.AboveYou(wanted.Role), ct);
        return await unit.ChangeAsync<InvitationView>(TeamPermissions.Invite, Invited, (change, ct) => AddAsync(change, wanted, ct), ct);
    }

    /// <summary>Invites someone as part of a larger change that has decided who may, such as the creation of their tenant. Errors as of inviting alone.</summary>
    internal async Task<Result<InvitationView>> InviteAsync(Change change, string? email, string? displayName, string role, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var wanted = Check(email, displayName, role, errors);
        return errors.Count > 0 ? Error.Invalid(errors) : await AddAsync(change, wanted, ct);
    }

    private Invitee Check(string? email, string? displayName, string? role, List<FieldError> errors) => new(
        PersonRules.Email(email, errors), string.IsNullOrWhiteSpace(displayName) ? null : PersonRules.Name(displayName, errors), PersonRules.Role(role, tenant.Tenant, errors));

    private async Task<Result<InvitationView>> AddAsync(Change change, Invitee wanted, CancellationToken ct)
    {
        var normalized = normalizer.NormalizeEmail(wanted.Email);
        await change.LockPeopleAsync(tenant.Tenant, ct);
        if (await change.Db.Users.Where(p => p.NormalizedEmail == normalized).Select(p => new { p.DisplayName, p.DeactivatedAt }).SingleOrDefaultAsync(ct) is { } there)
            return TeamErrors.AlreadyHere(there.DisplayName, there.DeactivatedAt is null);
        if (await change.Db.Invitations.SingleOrDefaultAsync(i => i.NormalizedEmail == normalized && i.AcceptedAt == null && i.RevokedAt == null, ct) is { } earlier)
        {
            if (earlier.ExpiresAt > change.At)
                return TeamErrors.AlreadyInvited;
            earlier.Revoke(change.At);
            await change.Db.SaveChangesAsync(ct);
        }
        if (await change.NoPlaceAsync(tenant.Tenant, instead: null, ct) is { } full)
            return full;
        var invitation = new Invitation(Guid.CreateVersion7(change.At), wanted.Email, normalized, wanted.Name, wanted.Role, change.Actor, change.At);
        change.Db.Invitations.Add(invitation);
        Send(change, invitation);
        change.Audit(Invited, SubjectKind, invitation.Id, new { invitation.Role });
        return InvitationView.Of(invitation, change.At);
    }

    /// <summary>Sends it once more with seven new days; the link before works no more. Errors: not found, accepted or revoked, above the caller's reach, no place left.</summary>
    public Task<Result<InvitationView>> ResendAsync(Guid id, CancellationToken ct) => ChangeAsync(id, "invitation.resent", async (change, invitation, ct) =>
    {
        if (await change.NoPlaceAsync(tenant.Tenant, instead: invitation.Id, ct) is { } full)
            return full;
        invitation.Renew(change.At);
        Send(change, invitation);
        return null;
    }, ct);

    /// <summary>Takes it back: its link works no more and its place is free. Errors: not found, accepted or revoked, above the caller's reach.</summary>
    public Task<Result<InvitationView>> RevokeAsync(Guid id, CancellationToken ct) => ChangeAsync(id, "invitation.revoked", async (change, invitation, ct) =>
    {
        invitation.Revoke(change.At);
        await change.CancelLinksAsync(LinkPurpose.Invitation, personId: null, invitation.Id, ct);
        return null;
    }, ct);

    /// <summary>Those that are neither accepted nor revoked, expired ones included, the newest first.</summary>
    public async Task<Result<Page<InvitationView>>> ListAsync(int limit, string? cursor, CancellationToken ct)
    {
        if (!caller.Can(TeamPermissions.Read))
            return Error.Forbidden(TeamPermissions.Read);
        if (PageRules.Check(limit, cursor) is { } invalid)
            return invalid;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var open = db.Invitations.AsNoTracking().Where(i => i.AcceptedAt == null && i.RevokedAt == null);
        if (Cursor.TryParse(cursor, out var from))
            open = open.Where(i => i.CreatedAt < from.At || (i.CreatedAt == from.At && i.Id.CompareTo(from.Id) < 0));
        var page = await open.OrderByDescending(i => i.CreatedAt).ThenByDescending(i => i.Id).Take(limit + 1).ToListAsync(ct);
        var now = clock.GetUtcNow();
        return new Page<InvitationView>([.. page.Take(limit).Select(i => InvitationView.Of(i, now))], page.Count > limit ? new Cursor(page[limit - 1].CreatedAt, page[limit - 1].Id).ToString() : null);
    }

    /// <summary>One, whatever became of it.</summary>
    public async Task<Result<InvitationView>> GetAsync(Guid id, CancellationToken ct)
    {
        if (!caller.Can(TeamPermissions.Read))
            return Error.Forbidden(TeamPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Invitations.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, ct) is { } invitation ? InvitationView.Of(invitation, clock.GetUtcNow()) : TeamErrors.InvitationNotFound;
    }

    /// <summary>
    /// Makes the invited a person of this tenant, by the token of their mail. Errors: one and the same for every link that does not
    /// work; invalid fields, after which it still does.
    /// </summary>
    public Task<Result<PersonSummary>> AcceptAsync(string? token, string? displayName, string? password, string? remoteAddress, CancellationToken ct) => changes.RunAsync<PersonSummary>(remoteAddress, async (anonymous, ct) =>
    {
        await anonymous.LockPeopleAsync(tenant.Tenant, ct);
        if (await anonymous.OpenLinkAsync(token, LinkPurpose.Invitation, ct) is not { InvitationId: { } id } link)
            return OneTimeLinks.Invalid;
        var invitation = await anonymous.Db.Invitations.SingleAsync(i => i.Id == id, ct);
        if (!invitation.IsOpen || await anonymous.Db.Users.AnyAsync(p => p.NormalizedEmail == invitation.NormalizedEmail, ct))
            return OneTimeLinks.Invalid;
        List<FieldError> errors = [];
        var name = PersonRules.Name(displayName, errors);
        if (PasswordRules.Check(password, invitation.Email, tenant.Tenant) is { } weak)
            errors.Add(weak);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        if (await anonymous.NoPlaceAsync(tenant.Tenant, instead: id, ct) is { } full)
            return full;

        var person = new Person(Guid.CreateVersion7(anonymous.At), PersonKind.Human, invitation.Email, name, invitation.Role, anonymous.At) { NormalizedEmail = invitation.NormalizedEmail, NormalizedUserName = invitation.NormalizedEmail };
        person.SetPassword(hasher.HashPassword(person, password!), anonymous.At);
        var change = changes.As(anonymous, person.Id, name, person.Role);
        change.Db.Users.Add(person);
        await change.Db.SaveChangesAsync(ct);
        invitation.Accept(person.Id, change.At);
        link.Use(change.At);
        await change.CancelLinksAsync(LinkPurpose.Invitation, personId: null, id, ct);
        change.Audit("invitation.accepted", SubjectKind, id, new { invitation.Role });
        change.Audit("person.added", AccountEvents.Person, person.Id, new { person.Role });
        change.Emit(AccountEvents.PersonUpdated, AccountEvents.Person, person.Id, person.Version, data: null);
        return new PersonSummary(person.Id, name, invitation.Email, person.Role);
    }, ct);

    private Task<Result<InvitationView>> ChangeAsync(Guid id, string action, Func<Change, Invitation, CancellationToken, Task<Error?>> apply, CancellationToken ct) =>
        unit.ChangeOrRefuseAsync<InvitationView>(TeamPermissions.Invite, action, async (change, ct) =>
        {
            await change.LockPeopleAsync(tenant.Tenant, ct);
            if (await change.Db.Invitations.SingleOrDefaultAsync(i => i.Id == id, ct) is not { } invitation)
                return TeamErrors.InvitationNotFound;
            if (!TeamRules.MayManage(change.Actor.Role, invitation.Role))
                return TeamErrors.AboveYou(invitation.Role);
            if (!invitation.IsOpen)
                return TeamErrors.InvitationClosed;
            if (await apply(change, invitation, ct) is { } refused)
                return refused;
            change.Audit(action, SubjectKind, id, new { invitation.Role });
            change.Emit(AccountEvents.PersonUpdated, AccountEvents.Person, invitation.Id, invitation.Version, data: null);
            return InvitationView.Of(invitation, change.At);
        }, ct);

    private static void Send(Change change, Invitation invitation)
    {
        var link = new OneTimeLink { Id = Guid.CreateVersion7(change.At), Purpose = LinkPurpose.Invitation, InvitationId = invitation.Id, CreatedAt = change.At, ExpiresAt = invitation.ExpiresAt };
        change.RequestLink(link, Invited);
        change.Emit(AccountEvents.PersonUpdated, AccountEvents.Person, invitation.Id, invitation.Version, data: null);
    }

    private sealed record Invitee(string Email, string? Name, string Role);
}
