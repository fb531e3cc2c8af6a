using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Accounts;

/// <summary>One's own account.</summary>
/// <param name="PendingEmail">An address that waits to be confirmed; null when none does.</param>
/// <param name="PendingUntil">Until when it can be.</param>
public sealed record ProfileView(Guid Id, string Name, string Email, string Role, DateTimeOffset? PasswordSetAt, string? PendingEmail, DateTimeOffset? PendingUntil);

/// <summary>What everybody may change of their own account: name, password, e-mail. Who is asked for a password must know it, session or not.</summary>
public sealed class ProfileService(
    UnitOfWork unit, AnonymousChange changes, OwnPassword ownPassword, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, IPasswordHasher<Person> hasher, ILookupNormalizer normalizer, TimeProvider clock)
{
    /// <summary>How long the link to a new address works.</summary>
    public static readonly TimeSpan EmailLinkLifetime = TimeSpan.FromHours(24);

    public static readonly Permission Own = new("account.own", null, [.. Roles.Tenant, .. Roles.Operator]);

    public async Task<Result<ProfileView>> GetAsync(CancellationToken ct)
    {
        if (!caller.Can(Own))
            return Error.Forbidden(Own);
        var me = caller.Actor.PersonId;
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var pending = await db.OneTimeLinks.AsNoTracking().Where(l => l.PersonId == me && l.Purpose == LinkPurpose.EmailChange && l.UsedAt == null && l.CancelledAt == null && l.ExpiresAt > now)
            .OrderByDescending(l => l.CreatedAt).FirstOrDefaultAsync(ct);
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == me && p.Kind == PersonKind.Human, ct) is { } person
            ? new ProfileView(person.Id, person.DisplayName, person.Email!, person.Role, person.PasswordSetAt, pending?.Email, pending?.ExpiresAt)
            : Error.NotFound("person");
    }

    /// <summary>What was written under the old name keeps it.</summary>
    public async Task<Result<Done>> RenameAsync(string? name, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var text = PersonRules.Name(name, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        return await unit.ChangeAsync<Done>(Own, "person.renamed", async (change, ct) =>
        {
            var person = await MyselfAsync(change, ct);
            if (person.DisplayName == text)
                return Done.Value;
            person.Rename(text);
            change.Audit("person.renamed", AccountEvents.Person, person.Id);
            change.Emit(AccountEvents.PersonUpdated, AccountEvents.Person, person.Id, person.Version, data: null);
            await change.AnnounceAsync(AccessSubject.Person, person.Id, ct);
            return Done.Value;
        }, ct);
    }

    /// <summary>Sets a new password and ends every other session of the person; they are told by mail.</summary>
    public async Task<Result<Done>> ChangePasswordAsync(string? current, string? password, CancellationToken ct)
    {
        if (!caller.Can(Own))
            return await unit.RefuseAsync(Own, "password.changed", refusal: null, ct);
        if (await ownPassword.CheckAsync(current, "password.changed", "current_password", ct) is { } wrong)
            return wrong;
        return await unit.ChangeAsync<Done>(Own, "password.changed", async (change, ct) =>
        {
            var person = await MyselfAsync(change, ct);
            if (PasswordRules.Check(password, person.Email, tenant.Tenant, "new_password") is { } weak)
                return Error.Invalid([weak]);
            if (hasher.VerifyHashedPassword(person, person.PasswordHash!, password!) != PasswordVerificationResult.Failed)
                return Error.Invalid("new_password", "This is the password you have already. Choose another one.");
            person.SetPassword(hasher.HashPassword(person, password!), change.At);
            var ended = await change.EndSessionsAsync(person.Id, except: change.Actor.SessionId, ct);
            await change.CancelLinksAsync(LinkPurpose.PasswordReset, person.Id, invitationId: null, ct);
            change.Audit("password.changed", AccountEvents.Person, person.Id, new { sessions_ended = ended });
            change.Emit(AccountEvents.PasswordChanged, AccountEvents.Person, person.Id, person.Version, new PasswordChange(change.At, ByLink: false));
            return Done.Value;
        }, ct);
    }

    /// <summary>
    /// Asks for another address, which holds once the link sent to it was opened. Answers alike whether someone has that address or
    /// not; if someone has, nothing is sent.
    /// </summary>
    public async Task<Result<Done>> RequestEmailAsync(string? email, string? password, CancellationToken ct)
    {
        if (!caller.Can(Own))
            return await unit.RefuseAsync(Own, "email.change_requested", refusal: null, ct);
        List<FieldError> errors = [];
        var text = PersonRules.Email(email, errors, "new_email");
        if (errors.Count > 0)
            return Error.Invalid(errors);
        if (await ownPassword.CheckAsync(password, "email.change_requested", "email_password", ct) is { } wrong)
            return wrong;
        return await unit.ChangeAsync<Done>(Own, "email.change_requested", async (change, ct) =>
        {
            var person = await MyselfAsync(change, ct);
            if (person.Email == text)
                return Error.Invalid("new_email", "This is your address already.");
            await change.CancelLinksAsync(LinkPurpose.EmailChange, person.Id, invitationId: null, ct);
            var link = new OneTimeLink { Id = Guid.CreateVersion7(change.At), Purpose = LinkPurpose.EmailChange, PersonId = person.Id, Email = text, CreatedAt = change.At, ExpiresAt = change.At + EmailLinkLifetime };
            change.RequestLink(link, AccountEvents.LinkRequested);
            change.Audit("email.change_requested", AccountEvents.Person, person.Id);
            return Done.Value;
        }, ct);
    }

    /// <summary>Forgets an address that waits to be confirmed; its link works no more.</summary>
    public Task<Result<Done>> CancelEmailAsync(CancellationToken ct) => unit.ChangeAsync<Done>(Own, "email.change_cancelled", async (change, ct) =>
    {
        await change.CancelLinksAsync(LinkPurpose.EmailChange, change.Actor.PersonId, invitationId: null, ct);
        change.Audit("email.change_cancelled", AccountEvents.Person, change.Actor.PersonId);
        return Done.Value;
    }, ct);

    /// <summary>Makes the new address the account's, on any device; the old address is told. One error for every link that does not work.</summary>
    public Task<Result<Done>> ConfirmEmailAsync(string? token, string? remoteAddress, CancellationToken ct) => changes.RunAsync<Done>(remoteAddress, async (anonymous, ct) =>
    {
        if (await anonymous.OpenLinkAsync(token, LinkPurpose.EmailChange, ct) is not { PersonId: { } personId, Email: { } email } link)
            return OneTimeLinks.Invalid;
        await anonymous.LockPeopleAsync(tenant.Tenant, ct);
        var person = await anonymous.Db.Users.FromSql($"select * from people where id = {personId} for update").SingleAsync(ct);
        var normalized = normalizer.NormalizeEmail(email);
        if (!person.IsActive || await anonymous.Db.Users.AnyAsync(p => p.NormalizedEmail == normalized && p.Id != personId, ct))
            return OneTimeLinks.Invalid;
        var change = changes.As(anonymous, person.Id, person.DisplayName, person.Role);
        link.Use(change.At, previousEmail: person.Email);
        person.ChangeEmail(email, normalized);
        // A reset that was asked for at the old address must not open the account at the new one.
        await change.CancelLinksAsync(LinkPurpose.PasswordReset, person.Id, invitationId: null, ct);
        change.Audit("email.changed", AccountEvents.Person, person.Id);
        change.Emit(AccountEvents.EmailChanged, OneTimeLinks.SubjectKind, link.Id, subjectVersion: 1, data: null);
        change.Emit(AccountEvents.PersonUpdated, AccountEvents.Person, person.Id, person.Version, data: null);
        await change.AnnounceAsync(AccessSubject.Person, person.Id, ct);
        return Done.Value;
    }, ct);

    private static Task<Person> MyselfAsync(Change change, CancellationToken ct) =>
        change.Db.Users.FromSql($"select * from people where id = {change.Actor.PersonId} for update").SingleAsync(ct);
}
