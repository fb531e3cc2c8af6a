using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

/// <summary>Vouches for what came to this scope's tenant's chain since its last anchor, after checking it.</summary>
internal sealed class AuditAnchoring(
    NpgsqlDataSource app, [FromKeyedServices(PersistenceFeature.Staff)] NpgsqlDataSource staff, TenantContext tenant, AuditAnchors anchors, AuditVerifier verifier, ILogger<AuditAnchoring> log)
{
    /// <summary>Casts an anchor if there is something new. Never vouches for a broken stretch: that is reported as critical.</summary>
    public async Task AnchorAsync(CancellationToken ct)
    {
        var tenantId = tenant.Tenant.Id;
        await using var connection = await app.OpenForAsync(tenantId, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await AuditChain.LockAsync(connection, tenantId, ct);
        var head = await AuditChain.HeadAsync(staff, tenantId, ct);
        if (await AuditAnchors.LatestAsync(staff, tenantId, ct) is not { } latest || latest.Sequence == head.Sequence)
            return;
        if (await verifier.FaultSinceAsync(tenantId, latest, ct) is { } fault)
        {
            AuditingLog.ChainBroken(log, tenantId, fault.Message);
            return;
        }
        await anchors.CastAsync(connection, tenantId, latest.Number + 1, (latest.BaseSequence, latest.BaseHash), (head.Sequence, head.Hash), ct);
        await transaction.CommitAsync(ct);
    }
}
