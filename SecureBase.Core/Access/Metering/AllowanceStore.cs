using System.Net.Sockets;
using Npgsql;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access.Metering;

/// <summary>Nobody can tell whether a request is within its quota. Like everything that cannot be decided, it is refused, with 503.</summary>
public sealed class AllowanceUnavailableException(Exception inner) : Exception("No part of the hour's requests could be leased.", inner);

/// <summary>What a node got.</summary>
/// <param name="WindowStart">The hour it is for, which another node's clock may have begun already.</param>
/// <param name="Granted">0 when nothing is left.</param>
/// <param name="Leased">What all nodes have got of this hour, this lease included.</param>
internal readonly record struct Lease(DateTimeOffset WindowStart, int Granted, int Leased);

/// <summary>
/// Hands parts of an hour's requests out to nodes, in one statement each, so that all nodes together never get more than there
/// are. A part is at most a fiftieth of the whole and a tenth of what is left: what other nodes hold unused when the hour's requests
/// run out is a few per cent.
/// </summary>
public sealed class AllowanceStore(NpgsqlDataSource source)
{
    private const int SecondsToAnswer = 2;

    private const string LeaseOne = """
        insert into request_allowances as a (tenant_id, subject_id, window_start, leased, granted) values ($1, $2, $3, $5, $5)
        on conflict (tenant_id, subject_id) do update set (window_start, leased, granted) = (
          select greatest(a.window_start, excluded.window_start), t.taken + g.granted, g.granted
          from (select case when a.window_start < excluded.window_start then 0 else a.leased end) as t (taken)
          cross join lateral (select greatest(0, least($4 - t.taken, greatest(1, least($4 / 50, ($4 - t.taken) / 10))))) as g (granted))
        returning window_start, granted, leased
        """;

    private const string GiveBack = """
        update request_allowances set leased = greatest(0, leased - $4) where tenant_id = $1 and subject_id = $2 and window_start = $3
        """;

    /// <exception cref="AllowanceUnavailableException">The database does not answer.</exception>
    internal async Task<Lease> LeaseAsync(Guid tenantId, Guid subjectId, int limit, DateTimeOffset windowStart, CancellationToken ct)
    {
        try
        {
            await using var connection = await source.OpenForAsync(tenantId, ct);
            await using var command = new NpgsqlCommand(LeaseOne, connection)
            {
                CommandTimeout = SecondsToAnswer,
                Parameters = { Of(tenantId), Of(subjectId), Of(windowStart.UtcDateTime), Of(limit), Of(Math.Min(limit, Math.Max(1, limit / 50))) },
            };
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            return new Lease(reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt32(1), reader.GetInt32(2));
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or SocketException)
        {
            throw new AllowanceUnavailableException(failure);
        }
    }

    /// <summary>Lets other nodes have what this one did not use. Does nothing once the hour is over.</summary>
    internal async Task GiveBackAsync(Guid tenantId, Guid subjectId, DateTimeOffset windowStart, int unused, CancellationToken ct)
    {
        await using var connection = await source.OpenForAsync(tenantId, ct);
        await using var command = new NpgsqlCommand(GiveBack, connection)
        {
            CommandTimeout = SecondsToAnswer,
            Parameters = { Of(tenantId), Of(subjectId), Of(windowStart.UtcDateTime), Of(unused) },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
