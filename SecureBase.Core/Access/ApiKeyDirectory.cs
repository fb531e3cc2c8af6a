using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>A key that may be used now, and whom it acts for.</summary>
public sealed record LiveApiKey(Guid Id, Guid TenantId, Guid PersonId, string PersonName, string Role, IReadOnlySet<string> Scopes, DateTimeOffset? ExpiresAt);

/// <summary>Verifies API keys. Remembers a good key for a minute and forgets on the first sign of a change; an unknown key is looked up each time.</summary>
public sealed class ApiKeyDirectory(NpgsqlDataSource source, TimeProvider clock, IFreshness freshness) : IDisposable
{
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(1);

    private const string Read = """
        select k.scopes, k.expires_at, p.id, p.display_name, p.role from api_keys k
        join people p on p.tenant_id = k.tenant_id and p.id = k.service_person_id
        where k.id = $1 and k.revoked_at is null
        """;

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 50_000 });
    private int _forgotten;

    /// <summary>Null when the text is no key, or the key is unknown, revoked or expired.</summary>
    /// <exception cref="DirectoryUnavailableException">This node may not know of a revocation.</exception>
    public async Task<LiveApiKey?> FindAsync(string text, CancellationToken ct)
    {
        if (!ApiKeyText.TryHash(text, out var hash))
            return null;
        if (!freshness.IsFresh)
            throw new DirectoryUnavailableException();
        var cacheKey = Convert.ToHexString(hash);
        if (!_cache.TryGetValue(cacheKey, out LiveApiKey? key))
        {
            var generation = Volatile.Read(ref _forgotten);
            key = await ReadAsync(hash, ct);
            if (key is not null && generation == Volatile.Read(ref _forgotten))
                _cache.Set(cacheKey, key, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Keep });
        }
        return key is not null && (key.ExpiresAt is not { } expires || expires > clock.GetUtcNow()) ? key : null;
    }

    /// <summary>Whether a key that was accepted before may still be used.</summary>
    public async Task<bool> HoldsAsync(Guid tenantId, Guid keyId, CancellationToken ct)
    {
        await using var own = await source.OpenForAsync(tenantId, ct);
        await using var command = new NpgsqlCommand("select exists (select from api_keys where id = $1 and revoked_at is null and (expires_at is null or expires_at > $2))", own)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = keyId }, new NpgsqlParameter<DateTime> { TypedValue = clock.GetUtcNow().UtcDateTime } },
        };
        return await command.ExecuteScalarAsync(ct) is true;
    }

    public void Forget()
    {
        Interlocked.Increment(ref _forgotten);
        _cache.Clear();
    }

    public void Dispose() => _cache.Dispose();

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
        await using var command = new NpgsqlCommand(Read, own) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = keyId } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new LiveApiKey(keyId, tenantId, reader.GetGuid(2), reader.GetString(3), reader.GetString(4),
                reader.GetFieldValue<string[]>(0).ToHashSet(StringComparer.Ordinal), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1))
            : null;
    }
}
