using Npgsql;

namespace SecureBase.Core.Auditing;

/// <summary>The end of a tenant's chain.</summary>
/// <param name="Sequence">0 before the first link.</param>
/// <param name="CompleteBefore">Every entry written by a transaction before this one is in the chain.</param>
internal readonly record struct ChainHead(long Sequence, byte[] Hash, ulong CompleteBefore)
{
    internal static readonly ChainHead Beginning = new(0, AuditHash.Beginning, 0);
}

/// <summary>
/// What all who write to a tenant's chain share. They hold the chain's lock in a transaction of the app role that is bound to the
/// tenant, and read as the staff role in statements of their own: so while they wait to read they lock no table, and who
/// alters several tables at once never waits for them.
/// </summary>
internal static class AuditChain
{
    private const string LockName = "hashtextextended('audit chain ' || $1::text, 0)";

    /// <summary>One writer at a time, until the transaction ends.</summary>
    internal static async Task<bool> TryLockAsync(NpgsqlConnection connection, Guid tenantId, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_xact_lock({LockName})", connection) { Parameters = { Of(tenantId) } };
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <inheritdoc cref="TryLockAsync"/>
    internal static async Task LockAsync(NpgsqlConnection connection, Guid tenantId, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select pg_advisory_xact_lock({LockName})", connection) { Parameters = { Of(tenantId) } };
        await command.ExecuteNonQueryAsync(ct);
    }

    internal static async Task<ChainHead> HeadAsync(NpgsqlDataSource staff, Guid tenantId, CancellationToken ct)
    {
        await using var command = staff.CreateCommand("select sequence, chain_hash, complete_before::text from audit_chain where tenant_id = $1 order by sequence desc limit 1");
        command.Parameters.Add(Of(tenantId));
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new ChainHead(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), Transaction(reader, 2)) : ChainHead.Beginning;
    }

    /// <summary>A transaction id, which no .NET type of the driver's can compare.</summary>
    internal static ulong Transaction(NpgsqlDataReader row, int column) => ulong.Parse(row.GetString(column), System.Globalization.CultureInfo.InvariantCulture);

    internal static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
