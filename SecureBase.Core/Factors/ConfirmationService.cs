using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Factors;

/// <summary>Lets the caller prove anew, within their session, that it is them. Wrong passwords count towards the account's lock.</summary>
public sealed class ConfirmationService(IDbContextFactory<SecureBaseDb> contexts, SessionOpening opening, IPasswordHasher<Person> hasher, Caller caller, TimeProvider clock)
{
    public static readonly Error WrongPassword = new(ErrorKind.Invalid, "wrong_password", "That is not your password. After five wrong tries it is refused for 30 minutes.");

    /// <summary>Until when sensitive changes are made without asking; null when they ask.</summary>
    public async Task<DateTimeOffset?> ConfirmedUntilAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (session, person, now) = (caller.Actor.SessionId, caller.Actor.PersonId, clock.GetUtcNow());
        var at = await db.Sessions.Where(s => s.Id == session && s.PersonId == person).Select(s => (DateTimeOffset?)s.ConfirmedAt).SingleOrDefaultAsync(ct);
        return at + Session.ConfirmationLifetime is { } until && until > now ? until : null;
    }

    public Task<Result<Done>> WithPasswordAsync(string? password, CancellationToken ct) => ConfirmAsync(WrongPassword, (_, person, _) => Task.FromResult(
        person.PasswordHash is { } hash && password is { Length: > 0 } && hasher.VerifyHashedPassword(person, hash, password) != PasswordVerificationResult.Failed), ct);

    /// <param name="passkey">One whose assertion was verified; null is one that was not.</param>
    public Task<Result<Done>> WithPasskeyAsync(VerifiedPasskey? passkey, CancellationToken ct) => ConfirmAsync(FactorErrors.PasskeyRefused,
        async (db, person, now) => passkey is not null && passkey.PersonId == person.Id && await passkey.RecordUseAsync(db, now, ct), ct);

    private async Task<Result<Done>> ConfirmAsync(Error wrong, Func<SecureBaseDb, Person, DateTimeOffset, Task<bool>> prove, CancellationToken ct)
    {
        var (actor, now) = (caller.Actor, clock.GetUtcNow());
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == actor.PersonId && p.Kind == PersonKind.Human, ct) is not { } person)
            return wrong;
        var obstacle = SessionOpening.Obstacle(person, now);
        if (obstacle is null && await prove(db, person, now))
        {
            await db.Sessions.Where(s => s.Id == actor.SessionId && s.PersonId == person.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.ConfirmedAt, now), ct);
            return Done.Value;
        }
        await opening.RefuseAsync(db, person, obstacle ?? "confirmation", now, new SignInOrigin(actor.RemoteAddress, null), ct);
        return wrong;
    }
}
