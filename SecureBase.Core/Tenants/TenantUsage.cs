using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>What a tenant uses of its plan.</summary>
/// <param name="People">Those who take a place of the plan: active people and open invitations.</param>
/// <param name="TicketsThisMonth">In the tenant's own month; without critical and security tickets, which never count.</param>
/// <param name="WithoutSecondFactor">Names of those who have a password only.</param>
public sealed record TenantUse(int People, int TicketsThisMonth, IReadOnlyList<string> WithoutSecondFactor);

/// <summary>A smaller limit that something already exceeds.</summary>
/// <param name="What">In the plural: <c>people</c>.</param>
public sealed record Excess(string What, int Used, int Limit, string Consequence);

/// <summary>Counts what this scope's tenant uses.</summary>
internal sealed class TenantUsage(IDbContextFactory<SecureBaseDb> contexts, TicketQuota tickets, TimeProvider clock)
{
    internal async Task<TenantUse> CountAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var humans = db.Users.AsNoTracking().Where(p => p.Kind == PersonKind.Human && p.DeactivatedAt == null);
        var secured = Secured(db);
        return new TenantUse(
            await db.TakenPlacesAsync(clock.GetUtcNow(), exceptInvitation: null, ct),
            await tickets.UsedAsync(ct),
            await humans.Where(p => !secured.Contains(p.Id)).OrderBy(p => p.DisplayName).Select(p => p.DisplayName).ToListAsync(ct));
    }

    /// <summary>The people with an authenticator app or a passkey.</summary>
    internal static IQueryable<Guid> Secured(SecureBaseDb db) =>
        db.Authenticators.Where(a => a.Secret != null).Select(a => a.PersonId).Union(db.Passkeys.Select(k => k.PersonId));

    /// <summary>What would exceed these limits. Nothing is taken away: what is there stays, and no more is added.</summary>
    internal static List<Excess> Exceeding(TenantUse use, PlanLimits limits)
    {
        List<Excess> excess = [];
        if (use.People > limits.Users)
            excess.Add(new Excess("people", use.People, limits.Users, "Nobody loses access; no one can be invited until there is room."));
        if (limits.TicketsPerMonth is { } perMonth && use.TicketsThisMonth > perMonth)
            excess.Add(new Excess("tickets this month", use.TicketsThisMonth, perMonth, "Open tickets go on; new ones are refused until next month, except critical and security tickets."));
        return excess;
    }
}
