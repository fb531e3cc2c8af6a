using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>A live session and who it belongs to, as of now.</summary>
/// <param name="Method">How it was opened: a name from <see cref="SignInMethods"/>.</param>
public sealed record LiveSession(Guid Id, Guid TenantId, Guid PersonId, string PersonName, string Email, string Role, string Method);

/// <summary>Answers, on every request, whether a session still lives. Remembers for a minute and forgets on the first sign of a change.</summary>
public sealed class SessionDirectory(NpgsqlDataSource source, SecondFactorRule rule, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(1);

    private const string Read = """
        select p.id, p.display_name, p.email, p.role, s.method, s.expires_at, s.last_seen_at from sessions s join people p on p.tenant_id = s.tenant_id and p.id = s.person_id
        where s.id = $1 and s.revoked_at is null and p.deactivated_at is null
        """;

    private const string See = "update sessions set last_seen_at = $2 where id = $1 and last_seen_at <= $3";

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 50_000 });
    private int _forgotten;

    /// <summary>Null when the session is unknown, revoked or past its time, or was opened with less than its tenant asks for by now.</summary>
    public async Task<LiveSession?> FindAsync(TenantInfo tenant, Guid sessionId, CancellationToken ct)
    {
        if (!_cache.TryGetValue((tenant.Id, sessionId), out (LiveSession Session, DateTimeOffset ExpiresAt) entry))
        {
            var generation = Volatile.Read(ref _forgotten);
            await using var connection = await source.OpenForAsync(tenant.Id, ct);
            DateTimeOffset seenAt;
            await using (var command = new NpgsqlCommand(Read, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = sessionId } } })
            await using (var reader = await command.ExecuteReaderAsync(ct))
            {
                if (!await reader.ReadAsync(ct))
                    return null;
                entry = (new LiveSession(sessionId, tenant.Id, reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4)), reader.GetFieldValue<DateTimeOffset>(5));
                seenAt = reader.GetFieldValue<DateTimeOffset>(6);
            }
            if (Holds(tenant, entry))
                await SeeAsync(connection, sessionId, seenAt, ct);
            if (generation == Volatile.Read(ref _forgotten))
                _cache.Set((tenant.Id, sessionId), entry, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Keep });
        }
        return Holds(tenant, entry) ? entry.Session : null;
    }

    /// <summary>Asks the database again for every session. Changes of access are rare, so one entry is not worth finding.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _forgotten);
        _cache.Clear();
    }

    public void Dispose() => _cache.Dispose();

    private bool Holds(TenantInfo tenant, (LiveSession Session, DateTimeOffset ExpiresAt) entry) => entry.ExpiresAt > clock.GetUtcNow() && rule.Allows(tenant, entry.Session.Method);

    // What is remembered for a minute is read once a minute at most, on each node; the row is written once a minute by all of them.
    private async Task SeeAsync(NpgsqlConnection connection, Guid sessionId, DateTimeOffset seenAt, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (seenAt > now - Keep)
            return;
        await using var command = new NpgsqlCommand(See, connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = sessionId }, new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime }, new NpgsqlParameter<DateTime> { TypedValue = (now - Keep).UtcDateTime } },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
