using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Npgsql;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Access;

/// <summary>
/// Counts the tries of one network address at what needs no signing in, for all nodes together. The count knows neither tenant nor
/// account, so that being over the limit says nothing about either.
/// </summary>
public sealed class AttemptLimits(NpgsqlDataSource source, IOptions<AttemptLimitOptions> options, TimeProvider clock)
{
    private const string Count = """
        insert into attempt_windows as w (key, ends_at, count) values ($1, $2, 1)
        on conflict (key) do update set
          count = case when w.ends_at <= $3 then 1 else w.count + 1 end,
          ends_at = case when w.ends_at <= $3 then excluded.ends_at else w.ends_at end
        returning count, ends_at
        """;

    private const string Forgive = "update attempt_windows set count = greatest(count - $2, 0) where key = $1";

    /// <summary>Counts one try.</summary>
    /// <returns>Null when it may go on; else how long to wait until the next may.</returns>
    public async Task<TimeSpan?> CountAsync(AttemptKind kind, IPAddress? address, CancellationToken ct)
    {
        var (limit, now) = (options.Value.Of(kind), clock.GetUtcNow());
        await using var command = source.CreateCommand(Count);
        command.Parameters.Add(Of(Key(kind, address)));
        command.Parameters.Add(Of((now + limit.Window).UtcDateTime));
        command.Parameters.Add(Of(now.UtcDateTime));
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (count, endsAt) = (reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1));
        return count <= limit.Tries ? null : endsAt - now;
    }

    /// <summary>Takes tries back that were no guessing: they led to a sign-in.</summary>
    public async Task ForgiveAsync(AttemptKind kind, IPAddress? address, int tries, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Forgive);
        command.Parameters.Add(Of(Key(kind, address)));
        command.Parameters.Add(Of(tries));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>What counts as one address: IPv4 as it is, IPv6 by its /64, because a subscriber has at least that many.</summary>
    public static string Network(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes) + "/64";
    }

    private static string Key(AttemptKind kind, IPAddress? address) => $"{WireName.Of(kind)} {Network(address)}";

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
