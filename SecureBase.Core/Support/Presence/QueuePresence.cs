using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Presence;

/// <summary>Who is on the tickets of the queue, over all tenants, for the provider's staff.</summary>
public sealed class QueuePresence(IDbContextFactory<StaffDb> contexts, Caller caller, TimeProvider clock)
{
    /// <summary>The others on these tickets right now, by ticket id; a ticket without anybody has no entry. Nothing for anyone but staff.</summary>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<PresentPerson>>> WhoAsync(IReadOnlyList<QueueItem> items, CancellationToken ct)
    {
        if (items.Count == 0 || !caller.Can(SupportPermissions.Work))
            return new Dictionary<Guid, IReadOnlyList<PresentPerson>>();
        var (me, now) = (caller.Actor.PersonId, clock.GetUtcNow());
        var tenants = items.Select(i => i.TenantId).Distinct().ToArray();
        var tickets = items.Select(i => i.Ticket.Id).ToArray();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var pages = await db.TicketPresences.AsNoTracking()
            .Where(p => tenants.Contains(p.TenantId) && tickets.Contains(p.TicketId) && p.PersonId != me && p.ExpiresAt > now).ToListAsync(ct);
        return pages.GroupBy(p => p.TicketId).ToDictionary(g => g.Key, PresenceService.EachOnce);
    }
}
