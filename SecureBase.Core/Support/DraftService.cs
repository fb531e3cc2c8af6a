using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>
/// Keeps what the caller types until it is sent, across reloads, lost circuits and restarts. Private to the person. Neither audited
/// nor announced: a draft is nobody's business yet.
/// </summary>
public sealed class DraftService(IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, TimeProvider clock)
{
    public const int KeyMax = 120;
    public const int BodyMax = 32_000;

    /// <summary>Null when nothing was kept.</summary>
    public async Task<string?> FindAsync(string key, CancellationToken ct)
    {
        var me = caller.Actor.PersonId;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Drafts.Where(d => d.PersonId == me && d.Key == key).Select(d => d.Body).SingleOrDefaultAsync(ct);
    }

    /// <summary>Keeps the text, or forgets it when it is blank. Text beyond <see cref="BodyMax"/> characters is cut off.</summary>
    public async Task KeepAsync(string key, string? body, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, KeyMax);
        if (string.IsNullOrWhiteSpace(body))
        {
            await ForgetAsync(key, ct);
            return;
        }
        var text = body.Length > BodyMax ? body[..BodyMax] : body;
        text = text.Replace("\0", "", StringComparison.Ordinal);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.ExecuteSqlAsync($"""
            insert into drafts (tenant_id, person_id, key, body, updated_at)
            values ({tenant.Tenant.Id}, {caller.Actor.PersonId}, {key}, {text}, {clock.GetUtcNow()})
            on conflict (tenant_id, person_id, key) do update set body = excluded.body, updated_at = excluded.updated_at
            """, ct);
    }

    public async Task ForgetAsync(string key, CancellationToken ct)
    {
        var me = caller.Actor.PersonId;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Drafts.Where(d => d.PersonId == me && d.Key == key).ExecuteDeleteAsync(ct);
    }
}
