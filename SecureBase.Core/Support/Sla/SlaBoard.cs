using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>An open clock over all tenants and the ticket it is on.</summary>
/// <param name="DueAt">As of the ticket's last change.</param>
/// <param name="WarnAt">When it turns urgent.</param>
public sealed record BoardClock(SlaMetric Metric, int Cycle, DateTimeOffset StartedAt, TimeSpan Target, DateTimeOffset DueAt, DateTimeOffset? WarnAt, TicketView Ticket, string TenantSlug, string TenantName, Plan Plan);

/// <summary>How many open clocks stand where.</summary>
/// <param name="Soon">Due within half an hour.</param>
/// <param name="Warned">Past three quarters of their target, and neither late nor due within half an hour.</param>
public sealed record BoardCounts(int Late, int Soon, int Warned, int Running, int Paused);

/// <summary>What is about to be late, and why. Reading it counts as looking at the queue.</summary>
public sealed class SlaBoard(IDbContextFactory<StaffDb> contexts, StaffAccess access, UnitOfWork unit, Caller caller, TimeProvider clock)
{
    /// <summary>Half an hour: what is due within it needs somebody now.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMinutes(30);

    public const int Shown = 200;

    /// <summary>The open clocks that are late or due next, the earliest first, up to <see cref="Shown"/>.</summary>
    /// <param name="metric">Null for all kinds of clock.</param>
    /// <param name="tenants">Slugs; empty means all tenants.</param>
    public async Task<Result<IReadOnlyList<BoardClock>>> NextAsync(SlaMetric? metric, IReadOnlyList<string> tenants, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, StaffAccess.ListedQueue, refusal: null, ct);
        await access.RecordQueueAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await Open(db, metric, tenants).Where(c => c.DueAt != null).OrderBy(c => c.DueAt).ThenBy(c => c.TicketId).Take(Shown)
            .Join(db.Tickets, c => new { c.TenantId, Id = c.TicketId }, t => new { t.TenantId, t.Id }, (c, t) => new { Clock = c, Ticket = t })
            .Join(db.Tenants, r => r.Clock.TenantId, o => o.Id, (r, o) => new { r.Clock, r.Ticket, Tenant = o }).ToListAsync(ct);
        return Result<IReadOnlyList<BoardClock>>.Success(
        [
            .. rows.OrderBy(r => r.Clock.DueAt).ThenBy(r => r.Clock.TicketId).Select(r => new BoardClock(
                r.Clock.Metric, r.Clock.Cycle, r.Clock.StartedAt, r.Clock.Target, r.Clock.DueAt!.Value, r.Clock.WarnAt, r.Ticket.ToView(), r.Tenant.Slug, r.Tenant.Name, r.Tenant.Plan)),
        ]);
    }

    /// <summary>How many open clocks stand where, with the same filters.</summary>
    public async Task<Result<BoardCounts>> CountAsync(SlaMetric? metric, IReadOnlyList<string> tenants, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, StaffAccess.ListedQueue, refusal: null, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var soon = now + Soon;
        return await Open(db, metric, tenants).GroupBy(_ => 1).Select(g => new BoardCounts(
            g.Count(c => c.DueAt < now),
            g.Count(c => c.DueAt >= now && c.DueAt < soon),
            g.Count(c => c.DueAt >= soon && c.WarnAt <= now),
            g.Count(c => c.DueAt >= soon && c.WarnAt > now),
            g.Count(c => c.DueAt == null))).SingleOrDefaultAsync(ct) ?? new BoardCounts(0, 0, 0, 0, 0);
    }

    private static IQueryable<TicketClock> Open(StaffDb db, SlaMetric? metric, IReadOnlyList<string> tenants)
    {
        var open = db.TicketClocks.Where(c => c.EndedAt == null);
        if (metric is { } only)
            open = open.Where(c => c.Metric == only);
        if (tenants.Count > 0)
            open = open.Where(c => db.Tenants.Any(o => o.Id == c.TenantId && tenants.Contains(o.Slug)));
        return open;
    }
}
