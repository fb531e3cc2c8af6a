using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Auditing;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>Who signed in, and the session the cookie will name.</summary>
public sealed record SignedIn(Guid SessionId, Guid TenantId, Guid PersonId, string Name, string Email, string Role, DateTimeOffset ExpiresAt);

/// <summary>Signs people of this scope's tenant in with e-mail and password.</summary>
public sealed class SignInService(IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, IPasswordHasher<Person> hasher, ILookupNormalizer normalizer, TimeProvider clock)
{
    public const int FailuresUntilLock = 5;
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(30);

    /// <summary>One answer for every refusal, so that it reveals neither whether an account exists nor whether it is locked.</summary>
    public static readonly Error Refused = new(ErrorKind.Invalid, "sign_in_refused",
        "That e-mail and password do not match. After five wrong tries sign-in is locked for 30 minutes.");

    // Verified when there is no account, so that the answer takes as long as for a wrong password.
    private static readonly string NobodysHash = new PasswordHasher<Person>().HashPassword(null!, Guid.CreateVersion7().ToString());

    /// <summary>Checks the password and opens a session. Every attempt is audited; the fifth failure in a row locks the account for 30 minutes.</summary>
    public async Task<Result<SignedIn>> SignInAsync(string? email, string? password, string? remoteAddress, string? userAgent, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var normalized = normalizer.NormalizeEmail(email?.Trim() ?? "");
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var person = await db.Users.AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedEmail == normalized && p.Kind == PersonKind.Human && p.DeactivatedAt == null, ct);
        var right = hasher.VerifyHashedPassword(person!, person?.PasswordHash ?? NobodysHash, password ?? "") != PasswordVerificationResult.Failed;
        var locked = person?.LockoutEnd > now;
        if (person is null || !right || locked)
        {
            await RefusedAsync(db, person, locked, now, remoteAddress, ct);
            return Refused;
        }

        var session = new Session
        {
            PersonId = person.Id, CreatedAt = now, ConfirmedAt = now, LastSeenAt = now, ExpiresAt = now + Session.Lifetime, RemoteAddress = remoteAddress,
            UserAgent = userAgent is { Length: > 400 } ? userAgent[..400] : userAgent,
        };
        db.Sessions.Add(session);
        var actor = new Actor(tenant.Tenant.Id, person.Id, person.DisplayName, tenant.Tenant.IsOperator ? ActorKind.Agent : ActorKind.Customer, person.Role)
        {
            SessionId = session.Id, RemoteAddress = remoteAddress,
        };
        new Change(db, actor, now).Audit("session.started", "session", session.Id);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // A lock that another attempt has just set must hold for this one too.
        if (await db.Users.Where(p => p.Id == person.Id && (p.LockoutEnd == null || p.LockoutEnd <= now))
                .ExecuteUpdateAsync(set => set.SetProperty(p => p.AccessFailedCount, 0).SetProperty(p => p.LockoutEnd, (DateTimeOffset?)null), ct) == 0)
            return Refused;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new SignedIn(session.Id, tenant.Tenant.Id, person.Id, person.DisplayName, person.Email!, person.Role, session.ExpiresAt);
    }

    private async Task RefusedAsync(SecureBaseDb db, Person? person, bool locked, DateTimeOffset now, string? remoteAddress, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (person is not null && !locked)
        {
            var lockUntil = now + LockTime;
            await db.Database.ExecuteSqlAsync($"""
                update people set
                  access_failed_count = case when access_failed_count + 1 >= {FailuresUntilLock} then 0 else access_failed_count + 1 end,
                  lockout_end = case when access_failed_count + 1 >= {FailuresUntilLock} then {lockUntil} else lockout_end end
                where id = {person.Id} and (lockout_end is null or lockout_end <= {now})
                """, ct);
        }
        db.AuditEntries.Add(new AuditEntry
        {
            At = now, ActorName = person?.DisplayName ?? "unknown", ActorId = person?.Id, ActorTenantId = person?.TenantId, ActorKind = tenant.Tenant.IsOperator ? ActorKind.Agent : ActorKind.Customer,
            Action = "session.started", SubjectKind = "person", SubjectId = person?.Id, Outcome = AuditOutcome.Refused, RemoteAddress = remoteAddress,
            Details = locked ? """{"reason":"locked"}""" : """{"reason":"credentials"}""",
        });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
