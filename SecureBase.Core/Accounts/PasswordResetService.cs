using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Accounts;

/// <summary>A new password for who has forgotten theirs, by a link to the address of the account. It replaces the password and nothing else: a second factor is asked for as ever.</summary>
public sealed class PasswordResetService(AnonymousChange changes, TenantContext tenant, IPasswordHasher<Person> hasher, ILookupNormalizer normalizer)
{
    /// <summary>How long a link works.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(1);

    /// <summary>
    /// Asks for a link. Answers alike, after the same work, whether anybody has this address or not: a link is recorded either way, and
    /// only later, when the mail is written, does it turn out that there is nobody to write to.
    /// </summary>
    public Task<Result<Done>> RequestAsync(string? email, string? remoteAddress, CancellationToken ct)
    {
        var normalized = normalizer.NormalizeEmail(email?.Trim() ?? "");
        return changes.RunAsync<Done>(remoteAddress, async (change, ct) =>
        {
            var person = await change.Db.Users.Where(p => p.NormalizedEmail == normalized && p.Kind == PersonKind.Human && p.DeactivatedAt == null).Select(p => (Guid?)p.Id).SingleOrDefaultAsync(ct);
            var link = new OneTimeLink { Id = Guid.CreateVersion7(change.At), Purpose = LinkPurpose.PasswordReset, PersonId = person, CreatedAt = change.At, ExpiresAt = change.At + LinkLifetime };
            change.RequestLink(link, AccountEvents.LinkRequested);
            change.Audit("password.reset_requested", AccountEvents.Person, person);
            return Done.Value;
        }, ct);
    }

    /// <summary>
    /// Sets a new password, clears a lock, ends every session of the person within five seconds on every node, and tells them by mail.
    /// Errors: one and the same for every link that does not work; a password that breaks the rules, after which the link still works.
    /// </summary>
    public Task<Result<Done>> ResetAsync(string? token, string? password, string? remoteAddress, CancellationToken ct) => changes.RunAsync<Done>(remoteAddress, async (anonymous, ct) =>
    {
        if (await anonymous.OpenLinkAsync(token, LinkPurpose.PasswordReset, ct) is not { PersonId: { } personId } link)
            return OneTimeLinks.Invalid;
        var person = await anonymous.Db.Users.FromSql($"select * from people where id = {personId} for update").SingleAsync(ct);
        if (!person.IsActive)
            return OneTimeLinks.Invalid;
        if (PasswordRules.Check(password, person.Email, tenant.Tenant) is { } weak)
            return Error.Invalid([weak]);
        var change = changes.As(anonymous, person.Id, person.DisplayName, person.Role);
        link.Use(change.At);
        await change.CancelLinksAsync(LinkPurpose.PasswordReset, person.Id, invitationId: null, ct);
        person.SetPassword(hasher.HashPassword(person, password!), change.At);
        person.Unlock();
        await change.EndSessionsAsync(person.Id, except: null, ct);
        change.Audit("password.reset", AccountEvents.Person, person.Id);
        change.Emit(AccountEvents.PasswordChanged, AccountEvents.Person, person.Id, person.Version, new PasswordChange(change.At, ByLink: true));
        return Done.Value;
    }, ct);
}
