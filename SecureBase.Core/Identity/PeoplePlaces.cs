using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Identity;

/// <summary>
/// A plan's places: taken by active people and by invitations that can still be accepted. Whoever changes who belongs to a
/// tenant holds its lock until the commit, so that limits and the last admin hold exactly.
/// </summary>
internal static class PeoplePlaces
{
    internal static Task LockPeopleAsync(this Change change, TenantInfo tenant, CancellationToken ct) =>
        change.Db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"people:" + tenant.Id}, 0))", ct);

    /// <summary>Null when one more fits. Call it under the lock. The operator has no plan.</summary>
    /// <param name="instead">An open invitation whose place is to be used.</param>
    internal static async Task<Error?> NoPlaceAsync(this Change change, TenantInfo tenant, Guid? instead, CancellationToken ct)
    {
        if (tenant.IsOperator)
            return null;
        var limit = tenant.Limits.Users;
        var taken = await change.Db.TakenPlacesAsync(change.At, instead, ct);
        return taken < limit ? null : new Error(ErrorKind.QuotaExceeded, "user_quota_exceeded",
            $"Your plan includes {limit} people, and all places are taken by people and open invitations. Revoke an invitation or deactivate someone, or ask us for a larger plan.");
    }

    internal static async Task<int> TakenPlacesAsync(this SecureBaseDb db, DateTimeOffset at, Guid? exceptInvitation, CancellationToken ct) =>
        await db.Users.CountAsync(p => p.Kind == PersonKind.Human && p.DeactivatedAt == null, ct)
        + await db.Invitations.CountAsync(i => i.AcceptedAt == null && i.RevokedAt == null && i.ExpiresAt > at && i.Id != exceptInvitation, ct);
}
