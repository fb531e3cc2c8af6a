using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>A live session and who it belongs to, as of now.</summary>
public sealed record LiveSession(Guid Id, Guid TenantId, Guid PersonId, string PersonName, string Email, string Role);

/// <summary>Answers, on every request, whether a session still lives. Remembers for a minute and forgets on the first sign of a change.</summary>
public sealed class SessionDirectory(NpgsqlDataSource source, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(1);

    private const string Read = """
        select p.id, p.display_name, p.email, p.role, s.expires_at from sessions s join people p on p.tenant_id = s.tenant_id and p.id = s.person_id
        where s.id = $1 and s.revoked_at is null and p.deactivated_at is null
        """;

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 50_000 });
    private int _forgotten;

    /// <summary>Null when the session is unknown, revoked or past its time.</summary>
    public async Task<LiveSession?> FindAsync(Guid tenantId, Guid sessionId, CancellationToken ct)
    {
        if (!_cache.TryGetValue((tenantId, sessionId), out (LiveSession Session, DateTimeOffset ExpiresAt) entry))
        {
            var generation = Volatile.Read(ref _forgotten);
            await using var connection = await source.OpenForAsync(tenantId, ct);
            await using var command = new NpgsqlCommand(Read, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = sessionId } } };
            await using var reader = await command.ExecuteReaderAsync(ct);
            if (!await reader.ReadAsync(ct))
                return null;
            entry = (new LiveSession(sessionId, tenantId, reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)), reader.GetFieldValue<DateTimeOffset>(4));
            if (generation == Volatile.Read(ref _forgotten))
                _cache.Set((tenantId, sessionId), entry, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Keep });
        }
        return entry.ExpiresAt > clock.GetUtcNow() ? entry.Session : null;
    }

    /// <summary>Asks the database again for every session. Changes of access are rare, so one entry is not worth finding.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _forgotten);
        _cache.Clear();
    }

    public void Dispose() => _cache.Dispose();
}

/// <summary>Ends sessions of this scope's tenant.</summary>
public sealed class SessionService(UnitOfWork unit)
{
    /// <summary>Everybody may end a session of their own.</summary>
    private static readonly Permission EndOwn = new("sessions.end_own", null, [.. Roles.Tenant, .. Roles.Operator]);

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
}
