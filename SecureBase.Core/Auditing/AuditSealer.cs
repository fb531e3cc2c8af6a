using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

internal enum SealTurn
{
    /// <summary>Everything that was committed is in the chain.</summary>
    Idle,
    /// <summary>Another node is at this tenant's chain right now.</summary>
    Busy,
}

/// <summary>
/// Adds a tenant's committed entries to its chain, each exactly once. Writers never wait for it: entries are written without
/// a link, and a link's place is the order of sealing. An entry that commits late is found because each link notes before
/// which transaction everything is known to be finished, and the search starts there again.
/// </summary>
/// <remarks>
/// Entries are read as the staff role, because some are hidden from the tenant itself (<see cref="AuditEntry.OperatorOnly"/>);
/// of those only the hash goes into the tenant's chain. Every statement names the tenant.
/// </remarks>
internal sealed class AuditSealer(
    NpgsqlDataSource app, [FromKeyedServices(PersistenceFeature.Staff)] NpgsqlDataSource staff, AuditAnchors anchors, TimeProvider clock)
{
    internal const int BatchSize = 500;

    private const string Unsealed = $"""
        select {AuditRecord.Columns}, e.written_in::text from audit_entries e
        where e.tenant_id = $1 and e.written_in >= $2::xid8 and (e.written_in, e.id) > ($3::xid8, $4)
          and not exists (select from audit_chain c where c.tenant_id = e.tenant_id and c.entry_id = e.id)
        order by e.written_in, e.id limit $5
        """;

    private const string Append = """
        insert into audit_chain (tenant_id, sequence, entry_id, entry_hash, previous_hash, chain_hash, sealed_at, complete_before)
        select $1, s.sequence, s.entry_id, s.entry_hash, s.previous_hash, s.chain_hash, $7, $8::xid8
        from unnest($2, $3, $4, $5, $6) as s (sequence, entry_id, entry_hash, previous_hash, chain_hash)
        """;

    private readonly record struct Place(ulong Transaction, Guid Id);

    /// <summary>Seals all there is, in batches of their own transactions: killed between, the next pass goes on where this one stopped.</summary>
    public async Task<SealTurn> SealAsync(Guid tenantId, CancellationToken ct)
    {
        (ulong From, ulong Finished)? pass = null;
        var after = new Place(0, Guid.Empty);
        while (true)
        {
            await using var connection = await app.OpenForAsync(tenantId, ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            if (!await AuditChain.TryLockAsync(connection, tenantId, ct))
                return SealTurn.Busy;
            var head = await AuditChain.HeadAsync(staff, tenantId, ct);
            // Asked once, before the entries are read: whatever was finished then is seen by every later statement.
            pass ??= await BeginAsync(head, ct);
            var entries = await ReadAsync(tenantId, pass.Value.From, after, ct);
            if (entries.Count == 0)
                return SealTurn.Idle;
            after = new Place(entries[^1].WrittenIn, entries[^1].Entry.Id);
            var isLast = entries.Count < BatchSize;
            var last = await AppendAsync(connection, tenantId, head, entries, isLast ? pass.Value.Finished : Math.Min(pass.Value.Finished, after.Transaction), ct);
            if (head.Sequence == 0)
                await anchors.CastAsync(connection, tenantId, number: 1, (0, AuditHash.Beginning), last, ct);
            await transaction.CommitAsync(ct);
            if (isLast)
                return SealTurn.Idle;
        }
    }

    private async Task<(ulong From, ulong Finished)> BeginAsync(ChainHead head, CancellationToken ct)
    {
        await using var command = staff.CreateCommand("select pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text from pg_current_snapshot() s");
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (finished, next) = (AuditChain.Transaction(reader, 0), AuditChain.Transaction(reader, 1));
        // A database restored into a younger server counts its transactions anew: then everything is looked through once.
        return (head.CompleteBefore > next ? 0 : head.CompleteBefore, finished);
    }

    private async Task<List<(AuditRecord Entry, ulong WrittenIn)>> ReadAsync(Guid tenantId, ulong from, Place after, CancellationToken ct)
    {
        await using var command = staff.CreateCommand(Unsealed);
        command.Parameters.Add(AuditChain.Of(tenantId));
        command.Parameters.Add(AuditChain.Of(Text(from)));
        command.Parameters.Add(AuditChain.Of(Text(after.Transaction)));
        command.Parameters.Add(AuditChain.Of(after.Id));
        command.Parameters.Add(AuditChain.Of(BatchSize));
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<(AuditRecord, ulong)> entries = [];
        while (await reader.ReadAsync(ct))
            entries.Add((AuditRecord.Read(reader, 0), AuditChain.Transaction(reader, 15)));
        return entries;
    }

    private async Task<(long Sequence, byte[] Hash)> AppendAsync(
        NpgsqlConnection connection, Guid tenantId, ChainHead head, List<(AuditRecord Entry, ulong WrittenIn)> entries, ulong completeBefore, CancellationToken ct)
    {
        var sealedAt = AuditHash.ToMicrosecond(clock.GetUtcNow());
        var scratch = new ArrayBufferWriter<byte>(512);
        var sequences = new long[entries.Count];
        var (entryHashes, previousHashes, chainHashes) = (new byte[entries.Count][], new byte[entries.Count][], new byte[entries.Count][]);
        var (sequence, hash) = (head.Sequence, head.Hash);
        for (var i = 0; i < entries.Count; i++)
        {
            sequences[i] = ++sequence;
            entryHashes[i] = AuditHash.OfEntry(entries[i].Entry, scratch);
            previousHashes[i] = hash;
            chainHashes[i] = hash = AuditHash.OfLink(tenantId, sequence, sealedAt, entryHashes[i], hash);
        }
        await using var insert = new NpgsqlCommand(Append, connection)
        {
            Parameters =
            {
                AuditChain.Of(tenantId), AuditChain.Of(sequences), AuditChain.Of(entries.Select(e => e.Entry.Id).ToArray()),
                AuditChain.Of(entryHashes), AuditChain.Of(previousHashes), AuditChain.Of(chainHashes), AuditChain.Of(sealedAt), AuditChain.Of(Text(completeBefore)),
            },
        };
        await insert.ExecuteNonQueryAsync(ct);
        return (sequence, hash);
    }

    private static string Text(ulong transaction) => transaction.ToString(CultureInfo.InvariantCulture);
}
