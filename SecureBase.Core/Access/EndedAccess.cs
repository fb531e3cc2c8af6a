using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>What this scope's tenant keeps of accesses that have ended, and what is counted of tries whose time is over.</summary>
internal sealed class EndedAccess(IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, TimeProvider clock)
{
    /// <summary>How long an ended session can be looked up, for whoever follows a break-in. The audit log keeps that it was.</summary>
    internal static readonly TimeSpan SessionsKept = TimeSpan.FromDays(30);

    /// <summary>A node that has been out of touch for longer than a minute trusts nothing it remembers, so a day is plenty.</summary>
    internal static readonly TimeSpan ChangesKept = TimeSpan.FromDays(1);

    internal const int BatchSize = 500;

    public async Task PurgeAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (ended, seen) = (now - SessionsKept, now - ChangesKept);
        await using var db = await contexts.CreateDbContextAsync(ct);
        while (await PurgeSessionsAsync(db, ended, ct) == BatchSize)
            ct.ThrowIfCancellationRequested();
        await db.AccessChanges.Where(c => c.At <= seen).ExecuteDeleteAsync(ct);
        await db.SignInAttempts.Where(a => a.ExpiresAt <= seen).ExecuteDeleteAsync(ct);
        await db.AttemptWindows.Where(w => w.EndsAt <= now).ExecuteDeleteAsync(ct);
    }

    private Task<int> PurgeSessionsAsync(SecureBaseDb db, DateTimeOffset until, CancellationToken ct) => db.Database.ExecuteSqlAsync($"""
        with ended as (
          select id from sessions where tenant_id = {tenant.Tenant.Id} and (expires_at <= {until} or revoked_at <= {until}) limit {BatchSize} for update skip locked)
        delete from sessions s using ended e where s.tenant_id = {tenant.Tenant.Id} and s.id = e.id
        """, ct);
}
