using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

/// <summary>
/// Deletes this scope's tenant's entries after their time, oldest first, with their links. An anchor moves the beginning of the
/// chain, so that what is left still verifies; only then does the database let its one function delete, and by its own
/// clock nothing younger.
/// </summary>
internal sealed class AuditRetention(
    NpgsqlDataSource app, [FromKeyedServices(PersistenceFeature.Staff)] NpgsqlDataSource staff, IDbContextFactory<SecureBaseDb> contexts,
    TenantContext tenant, AuditAnchors anchors, AuditVerifier verifier, TimeProvider clock)
{
    /// <summary>How long an entry is kept (product contract, section 8). The policy router_delete on the table says the same.</summary>
    internal static readonly TimeSpan Keep = TimeSpan.FromDays(2_555);

    internal const int BatchSize = 5_000;

    // In the order of links: the first that is too young ends the stretch. The head stays, for the next link to follow.
    private const string Purgeable = """
        select c.sequence, c.chain_hash, e.at < $2 from audit_chain c join audit_entries e on e.tenant_id = c.tenant_id and e.id = c.entry_id
        where c.tenant_id = $1 and c.sequence < $3 order by c.sequence limit $4
        """;

    public async Task PurgeAsync(CancellationToken ct)
    {
        while (await PurgeBatchAsync(tenant.Tenant.Id, clock.GetUtcNow() - Keep, ct) == BatchSize)
            ct.ThrowIfCancellationRequested();
    }

    private async Task<int> PurgeBatchAsync(Guid tenantId, DateTimeOffset until, CancellationToken ct)
    {
        await using var connection = await app.OpenForAsync(tenantId, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await AuditChain.LockAsync(connection, tenantId, ct);
        var head = await AuditChain.HeadAsync(staff, tenantId, ct);
        if (await FindAsync(tenantId, until, head.Sequence, ct) is not { Count: > 0 } old || await AuditAnchors.LatestAsync(staff, tenantId, ct) is not { } latest)
            return 0;
        if (await verifier.FaultSinceAsync(tenantId, latest, ct) is { } fault)
            throw new InvalidOperationException($"Nothing is purged from a broken audit chain: {fault.Message}");
        await anchors.CastAsync(connection, tenantId, latest.Number + 1, old[^1], (head.Sequence, head.Hash), ct);
        await using (var purge = new NpgsqlCommand("select purge_audit_entries($1, $2)", connection) { CommandTimeout = 0, Parameters = { AuditChain.Of(tenantId), AuditChain.Of(old[^1].Sequence) } })
            await purge.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        await NoteAsync(old.Count, old[^1].Sequence, ct);
        return old.Count;
    }

    private async Task<List<(long Sequence, byte[] Hash)>> FindAsync(Guid tenantId, DateTimeOffset until, long head, CancellationToken ct)
    {
        await using var command = staff.CreateCommand(Purgeable);
        command.Parameters.Add(AuditChain.Of(tenantId));
        command.Parameters.Add(AuditChain.Of(until));
        command.Parameters.Add(AuditChain.Of(head));
        command.Parameters.Add(AuditChain.Of(BatchSize));
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<(long, byte[])> old = [];
        while (await reader.ReadAsync(ct) && reader.GetBoolean(2))
            old.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
        return old;
    }

    private async Task NoteAsync(int count, long through, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        new Change(db, SystemActor.Instance, clock.GetUtcNow()).Audit("audit.purged", details: new { count, through });
        await db.SaveChangesAsync(ct);
    }
}
