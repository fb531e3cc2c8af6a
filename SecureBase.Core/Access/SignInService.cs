using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>Who signed in, and the session the cookie will name.</summary>
public sealed record SignedIn(Guid SessionId, Guid TenantId, Guid PersonId, string Name, string Email, string Role, DateTimeOffset ExpiresAt);

/// <summary>The password was right, and a second factor is asked for: what its cookie will name.</summary>
/// <param name="MustEnrol">There is none yet: it is set up before the session begins.</param>
public sealed record HalfSignedIn(Guid AttemptId, bool MustEnrol, DateTimeOffset ExpiresAt);

/// <summary>What a right password leads to: a session, or the question for the second factor.</summary>
public sealed record SignInStep(SignedIn? Session, HalfSignedIn? Half);

/// <summary>Signs people of this scope's tenant in with e-mail and password.</summary>
public sealed class SignInService(
    IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, SessionOpening opening, SecondFactorRule rule, IPasswordHasher<Person> hasher, NobodysPassword nobody, ILookupNormalizer normalizer, TimeProvider clock)
{
    public const int FailuresUntilLock = 5;
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(30);

    /// <summary>One answer for every refusal, so that it reveals neither whether an account exists nor whether it is locked.</summary>
    public static readonly Error Refused = new(ErrorKind.Invalid, "sign_in_refused",
        "That e-mail and password do not match. After five wrong tries sign-in is locked for 30 minutes.");

    /// <summary>
    /// Checks the password, and opens a session or asks for the second factor. Every refusal is audited and does the same work, whether
    /// there is such an account or not; the fifth failure in a row locks the account for 30 minutes.
    /// </summary>
    public async Task<Result<SignInStep>> SignInAsync(string? email, string? password, SignInOrigin origin, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var normalized = normalizer.NormalizeEmail(email?.Trim() ?? "");
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var person = await db.Users.AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedEmail == normalized && p.Kind == PersonKind.Human, ct);
        var verified = hasher.VerifyHashedPassword(person!, person?.PasswordHash ?? nobody.Hash, password ?? "");
        var obstacle = person is null || verified == PasswordVerificationResult.Failed ? "credentials" : SessionOpening.Obstacle(person, now);
        if (obstacle is not null)
        {
            await opening.RefuseAsync(db, person, obstacle, now, origin, ct);
            return Refused;
        }
        if (verified == PasswordVerificationResult.SuccessRehashNeeded)
            await RehashAsync(db, person!, password!, ct);

        if (person!.TwoFactorEnabled || rule.IsRequired(tenant.Tenant))
            return new SignInStep(null, await AskAsync(db, person, now, ct));
        return await opening.OpenAsync(db, person, SignInMethods.Password, now, origin, ct) is { } session ? new SignInStep(session, null) : Refused;
    }

    private static async Task<HalfSignedIn> AskAsync(SecureBaseDb db, Person person, DateTimeOffset now, CancellationToken ct)
    {
        var attempt = new SignInAttempt { PersonId = person.Id, MustEnrol = !person.TwoFactorEnabled, CreatedAt = now, ExpiresAt = now + SignInAttempt.Lifetime };
        db.SignInAttempts.Add(attempt);
        await db.SaveChangesAsync(ct);
        return new HalfSignedIn(attempt.Id, attempt.MustEnrol, attempt.ExpiresAt);
    }

    // Made with fewer rounds than today's: the next sign-in is as costly to guess as a new password.
    private async Task RehashAsync(SecureBaseDb db, Person person, string password, CancellationToken ct)
    {
        var (old, hash) = (person.PasswordHash, hasher.HashPassword(person, password));
        await db.Users.Where(p => p.Id == person.Id && p.PasswordHash == old).ExecuteUpdateAsync(set => set.SetProperty(p => p.PasswordHash, hash), ct);
    }
}
