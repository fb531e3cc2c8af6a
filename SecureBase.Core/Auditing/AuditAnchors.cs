using System.Security.Cryptography;
using Npgsql;
using SecureBase.Core.Secrets;

namespace SecureBase.Core.Auditing;

/// <summary>Casts a tenant's anchors and tells a true one from a forged one.</summary>
public sealed class AuditAnchors(SecretEnvelope envelope, TimeProvider clock)
{
    internal const string Columns = "number, at, base_sequence, base_hash, sequence, chain_hash, seal";

    /// <summary>Vouches for the links after <paramref name="baseSequence"/> up to <paramref name="sequence"/>. The caller holds the chain's lock.</summary>
    internal async Task CastAsync(NpgsqlConnection connection, Guid tenantId, long number, (long Sequence, byte[] Hash) from, (long Sequence, byte[] Hash) through, CancellationToken ct)
    {
        var anchor = new AuditAnchor
        {
            Number = number, At = AuditHash.ToMicrosecond(clock.GetUtcNow()),
            BaseSequence = from.Sequence, BaseHash = from.Hash, Sequence = through.Sequence, ChainHash = through.Hash,
        };
        await using var insert = new NpgsqlCommand($"insert into audit_anchors (tenant_id, {Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8)", connection)
        {
            Parameters =
            {
                AuditChain.Of(tenantId), AuditChain.Of(number), AuditChain.Of(anchor.At), AuditChain.Of(anchor.BaseSequence), AuditChain.Of(anchor.BaseHash),
                AuditChain.Of(anchor.Sequence), AuditChain.Of(anchor.ChainHash), AuditChain.Of(envelope.Seal(tenantId, AuditAnchor.Purpose, AuditHash.Vouched(anchor))),
            },
        };
        await insert.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The newest one; null before the first.</summary>
    internal static async Task<AuditAnchor?> LatestAsync(NpgsqlDataSource staff, Guid tenantId, CancellationToken ct)
    {
        await using var command = staff.CreateCommand($"select {Columns} from audit_anchors where tenant_id = $1 order by number desc limit 1");
        command.Parameters.Add(AuditChain.Of(tenantId));
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? Read(reader) : null;
    }

    internal static AuditAnchor Read(NpgsqlDataReader row) => new()
    {
        Number = row.GetInt64(0), At = row.GetFieldValue<DateTimeOffset>(1), BaseSequence = row.GetInt64(2), BaseHash = row.GetFieldValue<byte[]>(3),
        Sequence = row.GetInt64(4), ChainHash = row.GetFieldValue<byte[]>(5), Seal = row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6),
    };

    /// <summary>Null for an anchor that says what was sealed; else what is wrong with it.</summary>
    internal string? Fault(Guid tenantId, AuditAnchor anchor)
    {
        try
        {
            return CryptographicOperations.FixedTimeEquals(envelope.Open(tenantId, AuditAnchor.Purpose, anchor.Seal), AuditHash.Vouched(anchor)) ? null : "was altered after it was cast";
        }
        catch (UnknownSecretKeyException missing)
        {
            return $"is sealed under the master key {missing.Key}, which is not here, so it proves nothing";
        }
        catch (AlteredSecretException)
        {
            return "carries a seal that was not made with the master key";
        }
    }
}
