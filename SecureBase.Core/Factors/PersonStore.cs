using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Factors;

/// <summary>
/// Identity's store over this tenant's people, with passkeys in a table of our own: Identity's has neither tenant nor counter as a
/// column. It only reads passkeys; they are changed where the change can be audited.
/// </summary>
public sealed class PersonStore(SecureBaseDb db)
    : UserOnlyStore<Person, SecureBaseDb, Guid, PersonClaim, PersonLogin, PersonToken, IdentityUserPasskey<Guid>>(db)
{
    public override async Task<Person?> FindByIdAsync(string userId, CancellationToken cancellationToken = default) =>
        Guid.TryParse(userId, out var id) ? await Context.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && p.Kind == PersonKind.Human, cancellationToken) : null;

    public override async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Person user, CancellationToken cancellationToken) =>
        [.. (await Context.Passkeys.AsNoTracking().Where(p => p.PersonId == user.Id).ToListAsync(cancellationToken)).Select(p => p.ToInfo())];

    public override async Task<UserPasskeyInfo?> FindPasskeyAsync(Person user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await Context.Passkeys.AsNoTracking().SingleOrDefaultAsync(p => p.PersonId == user.Id && p.CredentialId == credentialId, cancellationToken))?.ToInfo();

    public override async Task<Person?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await Context.Users.AsNoTracking().SingleOrDefaultAsync(p => Context.Passkeys.Any(k => k.PersonId == p.Id && k.CredentialId == credentialId), cancellationToken);

    public override Task AddOrUpdatePasskeyAsync(Person user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw ReadOnly();

    public override Task RemovePasskeyAsync(Person user, byte[] credentialId, CancellationToken cancellationToken) => throw ReadOnly();

    private static InvalidOperationException ReadOnly() => new("Passkeys are changed through FactorService, which audits it.");
}
