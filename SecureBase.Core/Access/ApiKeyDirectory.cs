using System.Net;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>A key that may be used now, and whom it acts for.</summary>
/// <param name="Secret">Which of the key's secrets it was found by, see <see cref="ApiKey.SecretNumber"/>.</param>
/// <param name="ExpiresAt">The end of the key or of this secret, whichever comes first.</param>
public sealed record LiveApiKey(
    Guid Id, int Secret, Guid TenantId, Guid PersonId, string PersonName, string Role, IReadOnlySet<string> Scopes, IpAllowList AllowList, int? RequestsPerHour, DateTimeOffset? ExpiresAt);

/// <summary>
/// Verifies API keys. Remembers a good key for a minute and forgets on the first sign of a change; an unknown key is looked up each time.
/// </summary>
public sealed class ApiKeyDirectory(NpgsqlDataSource source, TimeProvider clock, IFreshness freshness) : IDisposable
{
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeepTrusted = TimeSpan.FromHours(1);

    private const string Read = """
        select k.scopes, k.ip_allow_list, k.requests_per_hour, k.expires_at, k.secret_number, k.previous_ends_at, k.hash = $2, p.id, p.display_name, p.role from api_keys k
        join people p on p.tenant_id = k.tenant_id and p.id = k.service_person_id
        where k.id = $1 and k.revoked_at is null and (k.hash = $2 or k.previous_hash = $2)
        """;

    private const string ReadUse = """
        select ip_allow_list from api_keys
        where id = $1 and revoked_at is null and (expires_at is null or expires_at > $2) and (secret_number = $3 or (secret_number = $3 + 1 and previous_ends_at > $2))
        """;

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 50_000 });
    private readonly MemoryCache _trusted = new(new MemoryCacheOptions { SizeLimit = 50_000 });
    private int _forgotten;

    /// <summary>What is asked for before an unremembered key is looked up; false answers as if it were unknown.</summary>
    public delegate bool MayLookUp();

    /// <summary>Null when the text is no key, or the key is unknown, revoked or expired.</summary>
    /// <param name="mayLookUp">Asked when the database would have to be, unless the key was good within the last hour; null always may.</param>
    /// <exception cref="DirectoryUnavailableException">This node may not know of a revocation.</exception>
    public async ValueTask<LiveApiKey?> FindAsync(string text, MayLookUp? mayLookUp, CancellationToken ct)
    {
        if (!ApiKeyText.TryHash(text, out var hash))
            return null;
        if (!freshness.IsFresh && !await freshness.BecomesFreshAsync(ct))
            throw new DirectoryUnavailableException();
        var cacheKey = Convert.ToHexString(hash);
        if (!_cache.TryGetValue(cacheKey, out LiveApiKey? key))
        {
            if (mayLookUp is not null && !_trusted.TryGetValue(cacheKey, out _) && !mayLookUp())
                return null;
            key = await LookUpAsync(cacheKey, hash, ct);
        }
        return key is not null && (key.ExpiresAt is not { } expires || expires > clock.GetUtcNow()) ? key : null;
    }

    /// <summary>Whether a key that was accepted before may still be used: with that secret, from that address.</summary>
    public async Task<bool> HoldsAsync(Guid tenantId, Guid keyId, int secret, IPAddress? from, CancellationToken ct)
    {
        await using var own = await source.OpenForAsync(tenantId, ct);
        await using var command = new NpgsqlCommand(ReadUse, own)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = keyId }, new NpgsqlParameter<DateTime> { TypedValue = clock.GetUtcNow().UtcDateTime }, new NpgsqlParameter<int> { TypedValue = secret },
            },
        };
        return await command.ExecuteScalarAsync(ct) is string[] networks && new IpAllowList(networks).Allows(from);
    }

    public void Forget()
    {
        Interlocked.Increment(ref _forgotten);
        _cache.Clear();
    }

    public void Dispose()
    {
        _cache.Dispose();
        _trusted.Dispose();
    }

    private async Task<LiveApiKey?> LookUpAsync(string cacheKey, byte[] hash, CancellationToken ct)
    {
        var generation = Volatile.Read(ref _forgotten);
        var key = await ReadAsync(hash, ct);
        if (key is null)
        {
            _trusted.Remove(cacheKey);
            return null;
        }
        _trusted.Set(cacheKey, true, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = KeepTrusted });
        if (generation == Volatile.Read(ref _forgotten))
            _cache.Set(cacheKey, key, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Keep });
        return key;
    }

    private async Task<LiveApiKey?> ReadAsync(byte[] hash, CancellationToken ct)
    {
        Guid tenantId, keyId;
        await using (var connection = await source.OpenConnectionAsync(ct))
        {
            await using var route = new NpgsqlCommand("select tenant_id, key_id from api_key_route($1)", connection) { Parameters = { new NpgsqlParameter<byte[]> { TypedValue = hash } } };
            await using var found = await route.ExecuteReaderAsync(ct);
            if (!await found.ReadAsync(ct))
                return null;
            (tenantId, keyId) = (found.GetGuid(0), found.GetGuid(1));
        }
        await using var own = await source.OpenForAsync(tenantId, ct);
        await using var command = new NpgsqlCommand(Read, own) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = keyId }, new NpgsqlParameter<byte[]> { TypedValue = hash } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
            return null;
        var isPresent = reader.GetBoolean(6);
        var (keyEnds, secretEnds) = (Instant(reader, 3), isPresent ? null : Instant(reader, 5));
        return new LiveApiKey(
            keyId, isPresent ? reader.GetInt32(4) : reader.GetInt32(4) - 1, tenantId, reader.GetGuid(7), reader.GetString(8), reader.GetString(9),
            reader.GetFieldValue<string[]>(0).ToHashSet(StringComparer.Ordinal), new IpAllowList(reader.GetFieldValue<string[]>(1)),
            reader.IsDBNull(2) ? null : reader.GetInt32(2), keyEnds is { } a && secretEnds is { } b ? (a < b ? a : b) : keyEnds ?? secretEnds);
    }

    private static DateTimeOffset? Instant(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
