using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Auditing;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Accounts;

/// <summary>Asks who is signed in for their password once more. Wrong ones count like those of a sign-in, so that a found open browser is no place to guess.</summary>
public sealed class OwnPassword(IDbContextFactory<SecureBaseDb> contexts, Caller caller, IPasswordHasher<Person> hasher, TimeProvider clock)
{
    /// <summary>Null when it is right. A wrong one is audited; the fifth in a row locks the account for 30 minutes.</summary>
    /// <param name="attempted">The audit action it was asked for.</param>
    internal async Task<Error?> CheckAsync(string? password, string attempted, string field, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var me = caller.Actor.PersonId;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var person = await db.Users.AsNoTracking().SingleAsync(p => p.Id == me, ct);
        if (person.LockoutEnd > now)
            return new Error(ErrorKind.Conflict, "account_locked", "Too many wrong passwords: your account is locked for up to 30 minutes. Nothing was changed.");
        if (person.PasswordHash is { } hash && hasher.VerifyHashedPassword(person, hash, password ?? "") != PasswordVerificationResult.Failed)
            return null;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var lockUntil = now + SignInService.LockTime;
        await db.Database.ExecuteSqlAsync($"""
            update people set
              access_failed_count = case when access_failed_count + 1 >= {SignInService.FailuresUntilLock} then 0 else access_failed_count + 1 end,
              lockout_end = case when access_failed_count + 1 >= {SignInService.FailuresUntilLock} then {lockUntil} else lockout_end end
            where id = {me} and (lockout_end is null or lockout_end <= {now})
            """, ct);
        new Change(db, caller.Actor, now).Audit(attempted, AccountEvents.Person, me, new { reason = "credentials" }, outcome: AuditOutcome.Refused);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return Error.Invalid(field, "This is not your password. After five wrong ones your account is locked for 30 minutes.");
    }
}
