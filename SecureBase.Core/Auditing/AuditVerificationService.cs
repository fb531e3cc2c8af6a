using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

/// <summary>Verifies the audit chain of this scope's tenant for whoever may read the log. The result names positions and ids only.</summary>
public sealed class AuditVerificationService(AuditVerifier verifier, UnitOfWork unit, TenantContext tenant, Caller caller)
{
    /// <summary>Checks every link and entry; the log notes that it was done and what came of it.</summary>
    /// <param name="progress">Told now and then how far it is; may be null.</param>
    public async Task<Result<AuditVerification>> VerifyAsync(IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        if (!caller.Can(AuditPermissions.Read))
            return await unit.RefuseAsync(AuditPermissions.Read, "audit.verified", refusal: null, ct);
        var result = await verifier.VerifyAsync(tenant.Tenant.Id, progress, ct);
        return await unit.ChangeAsync<AuditVerification>(AuditPermissions.Read, "audit.verified", (change, _) =>
        {
            change.Audit("audit.verified", details: new { head_sequence = result.HeadSequence, head_hash = result.HeadHash, faults = result.FaultCount });
            return Task.FromResult<Result<AuditVerification>>(result);
        }, ct);
    }
}
