using System.Buffers;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;

namespace SecureBase.Core.Tenancy;

/// <summary>The directory could not be asked. There is no fallback tenant: whoever asked answers 503.</summary>
public sealed class DirectoryUnavailableException(Exception? inner = null) : Exception("The tenant directory cannot be reached.", inner);

/// <summary>
/// Finds tenants by slug or id. Answers are cached for a minute and forgotten as soon as the node hears that a tenant
/// changed; while the node cannot hear (see <see cref="IFreshness"/>), nothing cached is trusted.
/// </summary>
public sealed class TenantDirectory(NpgsqlDataSource source, IFreshness freshness) : IDisposable
{
    private static readonly TimeSpan KeepKnown = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeepUnknown = TimeSpan.FromSeconds(5);

    private const string Read = """
        select id, slug, name, kind, status, plan, time_zone, requires_second_factor, accent,
          users_quota, api_requests_quota, webhook_endpoints_quota, tickets_quota, logo_version, offboarding_at
        from tenants where id = $1
        """;

    // Nothing else can be a slug, and nothing else is asked the database.
    private static readonly SearchValues<char> SlugCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 20_000 });
    private int _forgotten;

    /// <summary>Null when no tenant has this slug.</summary>
    /// <exception cref="DirectoryUnavailableException">The database does not answer, or this node may be out of date.</exception>
    public Task<TenantInfo?> FindAsync(string slug, CancellationToken ct) => slug.AsSpan().ContainsAnyExcept(SlugCharacters) ? Task.FromResult<TenantInfo?>(null) : CachedAsync(slug, async () =>
    {
        Guid? id;
        await using (var connection = await source.OpenConnectionAsync(ct))
        {
            await using var command = new NpgsqlCommand("select tenant_id_by_slug($1)", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = slug } } };
            id = await command.ExecuteScalarAsync(ct) as Guid?;
        }
        return id is { } found ? await ReadAsync(found, ct) : null;
    });

    /// <inheritdoc cref="FindAsync(string, CancellationToken)"/>
    public Task<TenantInfo?> FindAsync(Guid id, CancellationToken ct) => CachedAsync(id, () => ReadAsync(id, ct));

    /// <summary>Asks the database again next time.</summary>
    public void Forget(Guid id)
    {
        Interlocked.Increment(ref _forgotten);
        if (_cache.TryGetValue(id, out TenantInfo? known) && known is not null)
            _cache.Remove(known.Slug);
        _cache.Remove(id);
    }

    public void ForgetAll()
    {
        Interlocked.Increment(ref _forgotten);
        _cache.Clear();
    }

    public void Dispose() => _cache.Dispose();

    private async Task<TenantInfo?> CachedAsync(object key, Func<Task<TenantInfo?>> read)
    {
        if (!freshness.IsFresh && !await freshness.BecomesFreshAsync(CancellationToken.None))
            throw new DirectoryUnavailableException();
        if (_cache.TryGetValue(key, out TenantInfo? cached))
            return cached;
        // What is read while a change is announced may be from before it: use it once, do not keep it.
        var generation = Volatile.Read(ref _forgotten);
        TenantInfo? tenant;
        try
        {
            tenant = await read();
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new DirectoryUnavailableException(failure);
        }
        if (generation == Volatile.Read(ref _forgotten))
        {
            Remember(key, tenant);
            if (tenant is not null)
            {
                Remember(tenant.Id, tenant);
                Remember(tenant.Slug, tenant);
            }
        }
        return tenant;
    }

    private void Remember(object key, TenantInfo? tenant) =>
        _cache.Set(key, tenant, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = tenant is null ? KeepUnknown : KeepKnown });

    private async Task<TenantInfo?> ReadAsync(Guid id, CancellationToken ct)
    {
        await using var connection = await source.OpenForAsync(id, ct);
        await using var command = new NpgsqlCommand(Read, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
            return null;
        var plan = Kernel.WireName.Parse<Plan>(reader.GetString(5));
        return new TenantInfo(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), Kernel.WireName.Parse<TenantKind>(reader.GetString(3)),
            Kernel.WireName.Parse<TenantStatus>(reader.GetString(4)), plan, reader.GetString(6))
        {
            RequiresSecondFactor = reader.GetBoolean(7),
            Accent = reader.IsDBNull(8) ? null : reader.GetString(8),
            LogoVersion = reader.IsDBNull(13) ? null : reader.GetGuid(13),
            OffboardingAt = reader.IsDBNull(14) ? null : reader.GetFieldValue<DateTimeOffset>(14),
            Limits = PlanLimits.Of(plan).With(new QuotaOverrides(Number(reader, 9), Number(reader, 10), Number(reader, 11), Number(reader, 12))),
        };
    }

    private static int? Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);
}

/// <summary>Whether this node hears of suspensions and revocations in time.</summary>
public interface IFreshness
{
    /// <summary>False when the last confirmation is too old to promise that a revoked access is known.</summary>
    bool IsFresh { get; }

    /// <summary>Waits out a stall of a few seconds, such as a busy database makes; false at once when there has been no confirmation for longer.</summary>
    Task<bool> BecomesFreshAsync(CancellationToken ct) => Task.FromResult(IsFresh);
}
