using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Accounts;

/// <summary>What this scope's tenant keeps of links whose time is over.</summary>
internal sealed class EndedLinks(IDbContextFactory<SecureBaseDb> contexts, TimeProvider clock)
{
    /// <summary>A mail is tried for a day and a half; the audit log keeps what a link did.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(3);

    public async Task PurgeAsync(CancellationToken ct)
    {
        var until = clock.GetUtcNow() - Kept;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.OneTimeLinks.Where(l => l.ExpiresAt <= until).ExecuteDeleteAsync(ct);
    }
}
