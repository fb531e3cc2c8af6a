using System.Security.Cryptography;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

#pragma warning disable CA2100 // Statements are made of the model's own names of tables and columns.

namespace SecureBase.Core.Secrets;

/// <summary>How far an exchange of keys has come.</summary>
/// <param name="Where">Table and column.</param>
public readonly record struct RotationProgress(string Where, long Exchanged);

/// <summary>What an exchange of keys has done.</summary>
/// <param name="Key">The current key.</param>
/// <param name="Exchanged">Secrets sealed anew in this run.</param>
/// <param name="Remaining">Secrets that are still not sealed under the current key.</param>
/// <param name="Unreadable">Those of them that no key here opens, each with its place and the reason; at most 100 are listed.</param>
public sealed record RotationReport(SecretKeyId Key, long Exchanged, long Remaining, IReadOnlyList<string> Unreadable)
{
    /// <summary>Whether nothing in this database needs an older key any more. Backups made before still do.</summary>
    public bool OldKeysAreDispensable => Remaining == 0;
}

/// <summary>
/// Seals every secret of every tenant anew under the current master key, while nodes serve: column by column, tenant by tenant,
/// in small batches, each value only if nobody has written another meanwhile. Killed at any point, the next run
/// goes on with what is left.
/// </summary>
public sealed class KeyRotation(SecretEnvelope envelope, KeyRing keys, NpgsqlDataSource source, TenantDbPool contexts)
{
    internal const int BatchSize = 500;
    private const int UnreadableListed = 100;

    /// <summary>Exchanges everything and then looks again until nothing is left, so that what nodes sealed under the old key in the meantime is found too.</summary>
    /// <param name="progress">Told after each batch.</param>
    /// <returns>Null when another exchange is under way.</returns>
    public async Task<RotationReport?> RunAsync(IProgress<RotationProgress>? progress, CancellationToken ct)
    {
        await using var turn = await source.OpenConnectionAsync(ct);
        // The lock ends with this transaction, which writes nothing and so keeps nobody waiting.
        await using var held = await turn.BeginTransactionAsync(ct);
        await using (var take = new NpgsqlCommand("select pg_try_advisory_xact_lock(hashtextextended('securebase key rotation', 0))", turn))
        {
            if (await take.ExecuteScalarAsync(ct) is not true)
                return null;
        }
        List<string> unreadable = [];
        var exchanged = await PassAsync(unreadable, progress, ct);
        // By now every node seals under the new key; what transactions from before are still to commit is waited for.
        await Task.Delay(2 * KeyRing.Lag, ct);
        await OlderTransactionsAsync(turn, ct);
        for (long more = 1; more > 0; exchanged += more)
        {
            unreadable.Clear();
            more = await PassAsync(unreadable, progress, ct);
        }
        return new RotationReport(envelope.CurrentKey, exchanged, await RemainingAsync(ct), [.. unreadable.Take(UnreadableListed)]);
    }

    /// <summary>How many secrets are not sealed under the current key.</summary>
    public async Task<long> RemainingAsync(CancellationToken ct)
    {
        var prefix = SecretEnvelope.PrefixOf(envelope.CurrentKey);
        var remaining = 0L;
        foreach (var tenantId in await TenantIdsAsync(ct))
        {
            await using var connection = await source.OpenForAsync(tenantId, ct);
            foreach (var column in Columns())
            {
                await using var count = new NpgsqlCommand(column.CountOthers, connection) { CommandTimeout = 0, Parameters = { Of(tenantId), Of(prefix) } };
                remaining += (long)(await count.ExecuteScalarAsync(ct))!;
            }
        }
        return remaining + (await ProtectionKeysAsync(ct)).Count(key => ProtectionKeyXml.IsOld(key.Xml, envelope.CurrentKey));
    }

    private async Task<long> PassAsync(List<string> unreadable, IProgress<RotationProgress>? progress, CancellationToken ct)
    {
        var exchanged = await ExchangeProtectionKeysAsync(unreadable, ct);
        if (exchanged > 0)
            progress?.Report(new RotationProgress("data_protection_keys.xml", exchanged));
        var tenants = await TenantIdsAsync(ct);
        foreach (var column in Columns())
        {
            var inColumn = 0L;
            foreach (var tenantId in tenants)
                inColumn += await ExchangeAsync(column, tenantId, unreadable, batch => progress?.Report(new RotationProgress(column.ToString(), inColumn + batch)), ct);
            exchanged += inColumn;
        }
        return exchanged;
    }

    private async Task<long> ExchangeAsync(SealedColumn column, Guid tenantId, List<string> unreadable, Action<long> report, CancellationToken ct)
    {
        var prefix = SecretEnvelope.PrefixOf(envelope.CurrentKey);
        var exchanged = 0L;
        object[]? last = null;
        await using var connection = await source.OpenForAsync(tenantId, ct);
        while (true)
        {
            var batch = await ReadAsync(connection, column, tenantId, prefix, last, ct);
            if (batch.Count == 0)
                return exchanged;
            last = batch[^1].Key;
            exchanged += await WriteAsync(connection, column, tenantId, batch, unreadable, ct);
            report(exchanged);
        }
    }

    private static async Task<List<(byte[] Sealed, object[] Key)>> ReadAsync(NpgsqlConnection connection, SealedColumn column, Guid tenantId, byte[] prefix, object[]? last, CancellationToken ct)
    {
        await using var select = new NpgsqlCommand(column.SelectOthers(last is not null), connection) { Parameters = { Of(tenantId), Of(prefix), Of(BatchSize) } };
        foreach (var part in last ?? [])
            select.Parameters.Add(new NpgsqlParameter { Value = part });
        await using var reader = await select.ExecuteReaderAsync(ct);
        List<(byte[], object[])> batch = [];
        while (await reader.ReadAsync(ct))
            batch.Add((reader.GetFieldValue<byte[]>(0), [.. Enumerable.Range(1, column.Key.Count).Select(reader.GetValue)]));
        return batch;
    }

    private async Task<long> WriteAsync(NpgsqlConnection connection, SealedColumn column, Guid tenantId, List<(byte[] Sealed, object[] Key)> values, List<string> unreadable, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (old, key) in values)
        {
            if (Reseal(tenantId, column.Purpose, old, $"{column} of tenant {tenantId}, row {string.Join(' ', key)}", unreadable) is not { } anew)
                continue;
            var exchange = new NpgsqlBatchCommand(column.Exchange) { Parameters = { Of(anew), Of(tenantId), Of(old) } };
            foreach (var part in key)
                exchange.Parameters.Add(new NpgsqlParameter { Value = part });
            batch.BatchCommands.Add(exchange);
        }
        // Sent at once it is one transaction.
        return batch.BatchCommands.Count == 0 ? 0 : await batch.ExecuteNonQueryAsync(ct);
    }

    private byte[]? Reseal(Guid tenantId, string purpose, byte[] old, string place, List<string> unreadable)
    {
        try
        {
            var plain = envelope.Open(tenantId, purpose, old);
            var anew = envelope.Seal(tenantId, purpose, plain);
            CryptographicOperations.ZeroMemory(plain);
            return anew;
        }
        catch (Exception failure) when (failure is UnknownSecretKeyException or AlteredSecretException)
        {
            unreadable.Add($"{place}: {failure.Message}");
            return null;
        }
    }

    private async Task<long> ExchangeProtectionKeysAsync(List<string> unreadable, CancellationToken ct)
    {
        var exchanged = 0L;
        foreach (var (id, xml) in await ProtectionKeysAsync(ct))
        {
            try
            {
                if (ProtectionKeyXml.Reseal(xml, envelope, keys) is not { } anew)
                    continue;
                await using var update = source.CreateCommand("update data_protection_keys set xml = $1 where id = $2 and xml = $3");
                update.Parameters.Add(Of(anew));
                update.Parameters.Add(Of(id));
                update.Parameters.Add(Of(xml));
                exchanged += await update.ExecuteNonQueryAsync(ct);
            }
            catch (Exception failure) when (failure is UnknownSecretKeyException or AlteredSecretException)
            {
                unreadable.Add($"data_protection_keys.xml, row {id}: {failure.Message}");
            }
        }
        return exchanged;
    }

    private async Task<List<(Guid Id, string Xml)>> ProtectionKeysAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("select id, xml from data_protection_keys order by id");
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<(Guid, string)> found = [];
        while (await reader.ReadAsync(ct))
            found.Add((reader.GetGuid(0), reader.GetString(1)));
        return found;
    }

    private async Task<List<Guid>> TenantIdsAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("select tenant_id from tenant_ids()");
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Guid> ids = [];
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    private static async Task OlderTransactionsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var begin = new NpgsqlCommand("select pg_snapshot_xmax(pg_current_snapshot())::text", connection);
        var next = (string)(await begin.ExecuteScalarAsync(ct))!;
        await using var finished = new NpgsqlCommand("select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8", connection) { Parameters = { Of(next) } };
        while (await finished.ExecuteScalarAsync(ct) is not true)
            await Task.Delay(KeyRing.Lag, ct);
    }

    private IReadOnlyList<SealedColumn> Columns()
    {
        using var db = contexts.Take(null);
        return SealedColumn.In(db.Model);
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
