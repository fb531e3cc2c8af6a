using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>A browser in which the caller is signed in.</summary>
/// <param name="IsThis">The one that asks.</param>
public sealed record SessionView(Guid Id, string Method, string? RemoteAddress, string? UserAgent, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ConfirmedAt, bool IsThis);

/// <summary>The caller's own sessions.</summary>
public sealed class SessionService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, SecondFactorRule rule, TimeProvider clock)
{
    /// <summary>Everybody may end a session of their own.</summary>
    private static readonly Permission EndOwn = new("sessions.end_own", null, [.. Roles.Tenant, .. Roles.Operator]);

    /// <summary>Those that still open something, the one that asks first, then by when they were last seen.</summary>
    public async Task<IReadOnlyList<SessionView>> ListAsync(CancellationToken ct)
    {
        var (personId, now, own) = (caller.Actor.PersonId, clock.GetUtcNow(), caller.Actor.SessionId);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var sessions = await db.Sessions.Where(s => s.PersonId == personId && s.RevokedAt == null && s.ExpiresAt > now)
            .Select(s => new SessionView(s.Id, s.Method, s.RemoteAddress, s.UserAgent, s.CreatedAt, s.LastSeenAt, s.ConfirmedAt, s.Id == own)).ToListAsync(ct);
        return [.. sessions.Where(s => rule.Allows(tenant.Tenant, s.Method)).OrderByDescending(s => s.IsThis).ThenByDescending(s => s.LastSeenAt)];
    }

    /// <summary>Ends one session of the caller; requests, circuits and hub connections under it stop within five seconds on every node.</summary>
    public Task<Result<Done>> EndAsync(Guid sessionId, CancellationToken ct) =>
        unit.ChangeAsync<Done>(EndOwn, "session.ended", async (change, ct) =>
        {
            if (await change.Db.Sessions.SingleOrDefaultAsync(s => s.Id == sessionId && s.PersonId == change.Actor.PersonId, ct) is not { } session)
                return Error.NotFound("session");
            session.Revoke(change.At);
            change.Audit("session.ended", "session", sessionId);
            await change.AnnounceAsync(AccessSubject.Session, sessionId, ct);
            return Done.Value;
        }, ct);

    /// <summary>Ends every session of the caller but the one that asks.</summary>
    /// <returns>How many it ended.</returns>
    public Task<Result<int>> EndOthersAsync(CancellationToken ct) =>
        unit.ChangeAsync<int>(EndOwn, "session.ended", async (change, ct) =>
        {
            var others = await change.Db.Sessions.Where(s => s.PersonId == change.Actor.PersonId && s.Id != change.Actor.SessionId && s.RevokedAt == null && s.ExpiresAt > change.At).ToListAsync(ct);
            foreach (var session in others)
            {
                session.Revoke(change.At);
                change.Audit("session.ended", "session", session.Id);
            }
            if (others.Count > 0)
                await change.AnnounceAsync(AccessSubject.Person, change.Actor.PersonId, ct);
            return others.Count;
        }, ct);
}
