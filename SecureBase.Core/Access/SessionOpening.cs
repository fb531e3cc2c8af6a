using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Auditing;
using SecureBase.Core.Identity;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>Where a sign-in came from, as far as the network tells.</summary>
/// <param name="RemoteAddress">The visitor's, which behind trusted proxies is not the connection's.</param>
public sealed record SignInOrigin(string? RemoteAddress, string? UserAgent);

/// <summary>How every way of signing in ends: with a session, or with a failure that is counted and audited.</summary>
public sealed class SessionOpening(TenantContext tenant)
{
    private const int UserAgentMax = 400;

    /// <summary>Why this person cannot sign in whatever they know; null when they can. Never told to anybody but the audit log.</summary>
    internal static string? Obstacle(Person person, DateTimeOffset now) =>
        person.DeactivatedAt is not null ? "deactivated" : person.LockoutEnd > now ? "locked" : null;

    /// <summary>Opens a session in one transaction with what proved the right to it.</summary>
    /// <param name="prove">Runs first in the transaction; false undoes it all. It must be what only one of two rivals can do.</param>
    /// <returns>Null when the proof or the account no longer held.</returns>
    internal async Task<SignedIn?> OpenAsync(SecureBaseDb db, Person person, string method, DateTimeOffset now, SignInOrigin origin, CancellationToken ct, Func<Task<bool>>? prove = null)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (prove is not null && !await prove())
            return null;
        // A lock or an end that another has just set must hold for this one too.
        if (await db.Users.Where(p => p.Id == person.Id && p.DeactivatedAt == null && (p.LockoutEnd == null || p.LockoutEnd <= now))
                .ExecuteUpdateAsync(set => set.SetProperty(p => p.AccessFailedCount, 0).SetProperty(p => p.LockoutEnd, (DateTimeOffset?)null), ct) == 0)
            return null;
        var session = new Session
        {
            PersonId = person.Id, Method = method, CreatedAt = now, ConfirmedAt = now, LastSeenAt = now, ExpiresAt = now + Session.Lifetime, RemoteAddress = origin.RemoteAddress,
            UserAgent = origin.UserAgent is { Length: > UserAgentMax } agent ? agent[..UserAgentMax] : origin.UserAgent,
        };
        db.Sessions.Add(session);
        new Change(db, Actor(person, origin) with { SessionId = session.Id }, now).Audit("session.started", "session", session.Id, new { method });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new SignedIn(session.Id, tenant.Tenant.Id, person.Id, person.DisplayName, person.Email!, person.Role, session.ExpiresAt);
    }

    /// <summary>Counts and audits a failure. The same statements run whoever it was, so that the time they take tells nothing.</summary>
    internal async Task RefuseAsync(SecureBaseDb db, Person? person, string reason, DateTimeOffset now, SignInOrigin origin, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var (id, lockUntil) = (person?.Id ?? Guid.Empty, now + SignInService.LockTime);
        await db.Database.ExecuteSqlAsync($"""
            update people set
              access_failed_count = case when access_failed_count + 1 >= {SignInService.FailuresUntilLock} then 0 else access_failed_count + 1 end,
              lockout_end = case when access_failed_count + 1 >= {SignInService.FailuresUntilLock} then {lockUntil} else lockout_end end
            where id = {id} and (lockout_end is null or lockout_end <= {now})
            """, ct);
        db.AuditEntries.Add(new AuditEntry
        {
            At = now, ActorName = person?.DisplayName ?? "unknown", ActorId = person?.Id, ActorTenantId = person?.TenantId, ActorKind = tenant.Tenant.IsOperator ? ActorKind.Agent : ActorKind.Customer,
            Action = "session.started", SubjectKind = "person", SubjectId = person?.Id, Outcome = AuditOutcome.Refused, RemoteAddress = origin.RemoteAddress,
            Details = $$"""{"reason":"{{reason}}"}""",
        });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    internal Actor Actor(Person person, SignInOrigin origin) =>
        new(tenant.Tenant.Id, person.Id, person.DisplayName, tenant.Tenant.IsOperator ? ActorKind.Agent : ActorKind.Customer, person.Role) { RemoteAddress = origin.RemoteAddress };
}
