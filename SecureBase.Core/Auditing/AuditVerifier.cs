using System.Buffers;
using System.Data;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Auditing;

/// <summary>
/// Computes a tenant's chain anew from its entries and holds it against what is stored, in one snapshot and one pass whatever
/// its length.
/// </summary>
/// <remarks>
/// Found, and named: an entry that was altered or removed, also by the database's superuser; an entry that was put in beside
/// the chain; links altered, removed, put in or moved; a chain that was rebuilt as a whole, because anchors are sealed
/// under the master key, or cut short of the last anchor (one is cast every ten minutes in which something was written).
/// <para>
/// Not found: what a superuser does to links younger than the last anchor, when the rest of the chain is rebuilt to fit; the
/// return to an older backup as a whole, anchors included; an entry added now under a false date (it is counted as sealed
/// late); and whatever somebody does who holds the master key too. Against these the head's hash is shown, to be kept elsewhere.
/// </para>
/// </remarks>
public sealed class AuditVerifier([FromKeyedServices(PersistenceFeature.Staff)] NpgsqlDataSource staff, AuditAnchors anchors, TimeProvider clock) : IDisposable
{
    private const int ReportEvery = 2_000;
    private const int AtOnce = 2;
    private static readonly TimeSpan Late = TimeSpan.FromDays(1);

    private const string Links = $"""
        select c.sequence, c.entry_id, c.entry_hash, c.previous_hash, c.chain_hash, c.sealed_at, {AuditRecord.Columns}
        from audit_chain c left join audit_entries e on e.tenant_id = c.tenant_id and e.id = c.entry_id
        where c.tenant_id = $1 and c.sequence >= $2 order by c.sequence
        """;

    private const string Unchained = """
        with head as (select complete_before from audit_chain where tenant_id = $1 order by sequence desc limit 1)
        select e.id, e.written_in < h.complete_before and h.complete_before <= pg_snapshot_xmax(pg_current_snapshot()) from audit_entries e left join head h on true
        where e.tenant_id = $1 and not exists (select from audit_chain c where c.tenant_id = e.tenant_id and c.entry_id = e.id)
        """;

    // A long chain keeps a processor busy for seconds: those who ask at once take turns, and the others are served meanwhile.
    private readonly SemaphoreSlim _turns = new(AtOnce);

    public void Dispose() => _turns.Dispose();

    /// <summary>Checks the whole chain.</summary>
    public async Task<AuditVerification> VerifyAsync(Guid tenantId, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        try
        {
            return await VerifyInTurnAsync(tenantId, progress, ct);
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task<AuditVerification> VerifyInTurnAsync(Guid tenantId, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        await using var connection = await staff.OpenConnectionAsync(ct);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var check = new AuditChainCheck(tenantId);
        var known = await AnchorsAsync(connection, tenantId, check, ct);
        var trusted = known.LastOrDefault();
        var total = progress is null ? 0 : await CountAsync(connection, tenantId, ct);
        check.Begin(trusted?.BaseSequence ?? 0, trusted?.BaseHash ?? AuditHash.Beginning, known);
        await WalkAsync(connection, tenantId, 0, check, progress, total, ct);
        if (check.Head > 0 && trusted is null)
            check.Report(AuditFaultKind.AnchorBroken, "The chain has no anchor, although one is cast with its first link.");
        foreach (var beyond in known.Where(a => a.Sequence > check.Head).Take(1))
            check.Report(AuditFaultKind.ChainCutShort, Text($"The chain ends at link {check.Head}, but anchor {known[^1].Number} vouches for links up to {known.Max(a => a.Sequence)}."), beyond.Sequence);
        var pending = await UnchainedAsync(connection, tenantId, check, ct);
        progress?.Report(new AuditProgress(total, total));
        return check.Result(clock.GetUtcNow(), trusted, pending);
    }

    /// <summary>Checks only what came after an anchor, the link it names included.</summary>
    /// <returns>What is wrong, or null.</returns>
    internal async Task<AuditFault?> FaultSinceAsync(Guid tenantId, AuditAnchor anchor, CancellationToken ct)
    {
        if (anchors.Fault(tenantId, anchor) is { } forged)
            return new AuditFault(AuditFaultKind.AnchorBroken, Text($"Anchor {anchor.Number} {forged}."));
        await using var connection = await staff.OpenConnectionAsync(ct);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var check = new AuditChainCheck(tenantId);
        check.Begin(anchor.Sequence - 1, previous: null, [anchor]);
        await WalkAsync(connection, tenantId, anchor.Sequence, check, progress: null, total: 0, ct);
        if (check.Head < anchor.Sequence)
            check.Report(AuditFaultKind.ChainCutShort, Text($"Link {anchor.Sequence}, which anchor {anchor.Number} vouches for, is gone."), anchor.Sequence);
        return check.First;
    }

    private static async Task WalkAsync(NpgsqlConnection connection, Guid tenantId, long from, AuditChainCheck check, IProgress<AuditProgress>? progress, long total, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Links, connection) { CommandTimeout = 0, Parameters = { AuditChain.Of(tenantId), AuditChain.Of(from) } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var scratch = new ArrayBufferWriter<byte>(512);
        while (await reader.ReadAsync(ct))
        {
            var link = new AuditChainCheck.Link(
                reader.GetInt64(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<DateTimeOffset>(5));
            AuditRecord? entry = reader.IsDBNull(7) ? null : AuditRecord.Read(reader, 6);
            check.Take(link, entry is { } found ? AuditHash.OfEntry(found, scratch) : null, entry is { } late && link.SealedAt - late.At > Late);
            if (check.Checked % ReportEvery == 0)
                progress?.Report(new AuditProgress(check.Checked, total));
        }
    }

    // The anchors that prove something, by number.
    private async Task<List<AuditAnchor>> AnchorsAsync(NpgsqlConnection connection, Guid tenantId, AuditChainCheck check, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select {AuditAnchors.Columns} from audit_anchors where tenant_id = $1 order by number", connection) { Parameters = { AuditChain.Of(tenantId) } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<AuditAnchor> known = [];
        for (long expected = 1; await reader.ReadAsync(ct); expected++)
        {
            var anchor = AuditAnchors.Read(reader);
            if (anchor.Number != expected)
                check.Report(AuditFaultKind.AnchorBroken, Text($"Anchors {expected} to {anchor.Number - 1} are missing."));
            expected = anchor.Number;
            if (anchors.Fault(tenantId, anchor) is { } fault)
                check.Report(AuditFaultKind.AnchorBroken, Text($"Anchor {anchor.Number} {fault}."));
            else
                known.Add(anchor);
        }
        return known;
    }

    private static async Task<long> UnchainedAsync(NpgsqlConnection connection, Guid tenantId, AuditChainCheck check, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Unchained, connection) { CommandTimeout = 0, Parameters = { AuditChain.Of(tenantId) } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var pending = 0L;
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetGuid(0);
            if (!reader.IsDBNull(1) && reader.GetBoolean(1))
                check.Report(AuditFaultKind.EntryUnchained, $"Entry {id} stands outside the chain, which holds everything of its time: it was slipped in, or its link was removed.", entryId: id);
            else
                pending++;
        }
        return pending;
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, Guid tenantId, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select count(*) from audit_chain where tenant_id = $1", connection) { Parameters = { AuditChain.Of(tenantId) } };
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
