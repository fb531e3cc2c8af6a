using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Factors;

/// <summary>A session that began with setting up a second factor, and the recovery codes to keep.</summary>
public sealed record Enrolled(SignedIn Session, FreshRecoveryCodes RecoveryCodes);

/// <summary>
/// The second step of signing in: what a right password began (<see cref="SignInAttempt"/>) ends here with a session. Wrong tries count
/// towards the account's lock and use the attempt up; of rivals with the same proof one gets in.
/// </summary>
public sealed class SecondFactorService(IDbContextFactory<SecureBaseDb> contexts, SessionOpening opening, FactorChanges changes, TenantContext tenant, OutboxNudge nudge, TimeProvider clock)
{
    /// <summary>Null when the attempt is over, or none of this tenant.</summary>
    public async Task<WaitingSignIn?> FindAsync(Guid attemptId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        if (await FindAsync(db, attemptId, now, ct) is not var (attempt, person))
            return null;
        var authenticator = await db.Authenticators.AsNoTracking().SingleOrDefaultAsync(a => a.PersonId == person.Id, ct);
        return new WaitingSignIn(attemptId, person.Id, person.Email!, attempt.MustEnrol, authenticator?.IsConfirmed ?? false, await db.Passkeys.AnyAsync(p => p.PersonId == person.Id, ct),
            await db.RecoveryCodes.CountAsync(c => c.PersonId == person.Id && c.UsedAt == null, ct), changes.Offered(authenticator, person.Email!, now));
    }

    /// <summary>With the code of the authenticator app.</summary>
    public Task<Result<SignedIn>> WithCodeAsync(Guid attemptId, string? code, SignInOrigin origin, CancellationToken ct) =>
        EndAsync(attemptId, SignInMethods.PasswordAndTotp, FactorErrors.WrongCode, origin, async (change, person) =>
        {
            if (await change.Db.Authenticators.AsNoTracking().SingleOrDefaultAsync(a => a.PersonId == person.Id && a.Secret != null, ct) is not { } authenticator
                || changes.Match(authenticator, code, change.At) is not { } step)
                return false;
            return await change.Db.Authenticators.Where(a => a.PersonId == person.Id && a.LastStep < step)
                .ExecuteUpdateAsync(set => set.SetProperty(a => a.LastStep, step).SetProperty(a => a.LastUsedAt, change.At), ct) == 1;
        }, ct);

    /// <summary>With a recovery code, which is used up by it.</summary>
    public Task<Result<SignedIn>> WithRecoveryCodeAsync(Guid attemptId, string? code, SignInOrigin origin, CancellationToken ct) =>
        EndAsync(attemptId, SignInMethods.PasswordAndRecoveryCode, FactorErrors.WrongRecoveryCode, origin, async (change, person) =>
        {
            if (RecoveryCodeText.Hash(code) is not { } hash
                || await change.Db.RecoveryCodes.Where(c => c.PersonId == person.Id && c.Hash == hash && c.UsedAt == null).ExecuteUpdateAsync(set => set.SetProperty(c => c.UsedAt, change.At), ct) == 0)
                return false;
            FactorChanges.Tell(change, person.Id, FactorChangeKind.RecoveryCodeUsed, codesLeft: await change.Db.RecoveryCodes.CountAsync(c => c.PersonId == person.Id && c.UsedAt == null, ct));
            return true;
        }, ct);

    /// <summary>With a passkey whose assertion was verified; null is one that was not.</summary>
    public Task<Result<SignedIn>> WithPasskeyAsync(Guid attemptId, VerifiedPasskey? passkey, SignInOrigin origin, CancellationToken ct) =>
        EndAsync(attemptId, SignInMethods.PasswordAndPasskey, FactorErrors.PasskeyRefused, origin,
            async (change, person) => passkey is not null && passkey.PersonId == person.Id && await passkey.RecordUseAsync(change.Db, change.At, ct), ct);

    /// <summary>Without a password, with a passkey whose assertion was verified; null is one that was not.</summary>
    public async Task<Result<SignedIn>> WithPasskeyAloneAsync(VerifiedPasskey? passkey, SignInOrigin origin, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var person = passkey is null ? null : await db.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == passkey.PersonId && p.Kind == PersonKind.Human, ct);
        var obstacle = person is null ? "passkey" : SessionOpening.Obstacle(person, now);
        if (obstacle is null && await opening.OpenAsync(db, person!, SignInMethods.Passkey, now, origin, ct, () => passkey!.RecordUseAsync(db, now, ct)) is { } session)
            return session;
        // Nobody guesses a key: what fails here is no reason to lock the account.
        await opening.RefuseAsync(db, null, obstacle ?? "passkey", now, origin, ct);
        return FactorErrors.PasskeyRefused;
    }

    /// <summary>A secret for the authenticator app that the person sets up to go on.</summary>
    public async Task<Result<AuthenticatorOffer>> OfferAsync(Guid attemptId, SignInOrigin origin, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        if (await FindAsync(db, attemptId, now, ct) is not var (attempt, person) || !attempt.MustEnrol)
            return FactorErrors.SignInOver;
        var offer = await changes.OfferAsync(new Change(db, opening.Actor(person, origin), now), person, ct);
        await db.SaveChangesAsync(ct);
        return offer;
    }

    /// <summary>Sets the offered app up and signs in with it.</summary>
    public Task<Result<Enrolled>> EnrolWithCodeAsync(Guid attemptId, string? code, SignInOrigin origin, CancellationToken ct) =>
        EnrolAsync(attemptId, SignInMethods.PasswordAndTotp, origin, (change, person) => changes.ConfirmAsync(change, person, code, ct), ct);

    /// <summary>Registers the passkey, whose attestation was verified for the person of this attempt, and signs in with it.</summary>
    public Task<Result<Enrolled>> EnrolWithPasskeyAsync(Guid attemptId, string? name, UserPasskeyInfo made, SignInOrigin origin, CancellationToken ct) =>
        EnrolAsync(attemptId, SignInMethods.PasswordAndPasskey, origin, (change, person) => FactorChanges.AddPasskeyAsync(change, person, name, made, ct), ct);

    private async Task<Result<SignedIn>> EndAsync(Guid attemptId, string method, Error wrong, SignInOrigin origin, Func<Change, Person, Task<bool>> prove, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        if (await FindAsync(db, attemptId, now, ct) is not var (attempt, person) || attempt.MustEnrol)
            return FactorErrors.SignInOver;
        var change = new Change(db, opening.Actor(person, origin), now);
        var proved = false;
        var session = await opening.OpenAsync(db, person, method, now, origin, ct, async () => (proved = await prove(change, person)) && await CloseAsync(db, attemptId, now, ct));
        if (session is not null)
        {
            nudge.Committed(tenant.Tenant.Id);
            return session;
        }
        if (proved)
            return FactorErrors.SignInOver;
        db.ChangeTracker.Clear();
        await opening.RefuseAsync(db, person, "second_factor", now, origin, ct);
        return await UseUpAsync(db, attemptId, now, ct) ? wrong : FactorErrors.SignInOver;
    }

    private async Task<Result<Enrolled>> EnrolAsync(Guid attemptId, string method, SignInOrigin origin, Func<Change, Person, Task<Result<FreshRecoveryCodes>>> enrol, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        if (await FindAsync(db, attemptId, now, ct) is not var (attempt, found) || !attempt.MustEnrol)
            return FactorErrors.SignInOver;
        var person = await db.Users.SingleAsync(p => p.Id == found.Id, ct);
        Result<FreshRecoveryCodes> added = FactorErrors.SignInOver;
        var session = await opening.OpenAsync(db, person, method, now, origin, ct, async () =>
            await CloseAsync(db, attemptId, now, ct) && (added = await enrol(new Change(db, opening.Actor(person, origin), now), person)).IsSuccess);
        if (session is null)
            return added.Error ?? FactorErrors.SignInOver;
        nudge.Committed(tenant.Tenant.Id);
        return new Enrolled(session, added.Value);
    }

    private static async Task<(SignInAttempt Attempt, Person Person)?> FindAsync(SecureBaseDb db, Guid attemptId, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.SignInAttempts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == attemptId && a.EndedAt == null && a.ExpiresAt > now, ct) is not { } attempt
            || await db.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == attempt.PersonId, ct) is not { } person || SessionOpening.Obstacle(person, now) is not null)
            return null;
        return (attempt, person);
    }

    private static async Task<bool> CloseAsync(SecureBaseDb db, Guid attemptId, DateTimeOffset now, CancellationToken ct) =>
        await db.SignInAttempts.Where(a => a.Id == attemptId && a.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(a => a.EndedAt, now), ct) == 1;

    /// <returns>Whether the attempt may be tried again.</returns>
    private static async Task<bool> UseUpAsync(SecureBaseDb db, Guid attemptId, DateTimeOffset now, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"""
            update sign_in_attempts set failures = failures + 1, ended_at = case when failures + 1 >= {SignInAttempt.MaxFailures} then {now} else ended_at end
            where id = {attemptId} and ended_at is null
            """, ct);
        return await db.SignInAttempts.AnyAsync(a => a.Id == attemptId && a.EndedAt == null, ct);
    }
}
