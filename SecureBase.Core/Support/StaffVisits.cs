using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>How often the provider's staff came into this scope's tenant, from its own audit log. Everybody in the organisation may know the number; who and when is for those who read the log.</summary>
public sealed class StaffVisits(IDbContextFactory<SecureBaseDb> contexts, Caller caller)
{
    /// <summary>Visits since the instant; one person's within <see cref="StaffAccess.RecordEvery"/> count once.</summary>
    public async Task<Result<int>> CountAsync(DateTimeOffset since, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        var from = since.ToUniversalTime();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.AuditEntries.CountAsync(e => e.At >= from && e.Action == StaffAccess.Entered && e.Outcome == AuditOutcome.Done, ct);
    }
}
