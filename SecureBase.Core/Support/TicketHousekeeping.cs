using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>
/// What happens to this scope's tenant's tickets when nobody does anything (product contract, section 3). Works in small steps,
/// each complete in itself, so that it may be interrupted anywhere and repeated at will.
/// </summary>
public sealed class TicketHousekeeping(
    TicketService tickets, UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, DbContextOptions<SecureBaseDb> options,
    TenantContext tenant, SupportDays days, TimeProvider clock, ILogger<TicketHousekeeping> log)
{
    /// <summary>The audit action of a purge.</summary>
    public const string Purged = "tickets.purged";

    internal const int BatchSize = 50;

    /// <summary>Closes what has been resolved, without another message, for <see cref="Ticket.SilenceBeforeClosing"/>.</summary>
    /// <returns>How many were closed.</returns>
    public async Task<int> CloseSilentAsync(CancellationToken ct)
    {
        var total = 0;
        int seen, closed;
        do
        {
            (seen, closed) = await CloseSomeAsync(ct);
            total += closed;
        }
        while (seen == BatchSize && closed > 0);
        if (total > 0)
            log.SilentClosed(total, tenant.TenantId);
        return total;
    }

    /// <summary>
    /// Deletes tickets that have been closed for the tenant's <see cref="Tenant.TicketRetentionDays"/>, with messages, notes, history,
    /// files and drafts; never an open one, and a merged one not before the ticket that carries on for it and shows its messages. Their numbers stay taken, and what they count for in reports stays. Each step leaves one audit entry with count and range.
    /// </summary>
    /// <returns>How many were deleted.</returns>
    public async Task<int> PurgeClosedAsync(CancellationToken ct)
    {
        var closedUntil = clock.GetUtcNow() - await RetentionAsync(ct);
        int total = 0, purged;
        do
        {
            purged = (await unit.ChangeAsync<int>(SupportPermissions.Purge, Purged, (change, ct) => PurgeAsync(change, closedUntil, ct), ct)).Value;
            total += purged;
        }
        while (purged == BatchSize);
        if (total > 0)
            log.ClosedPurged(total, tenant.TenantId);
        return total;
    }

    /// <summary>Deletes what staff have begun to write on this tenant's tickets: it is kept in their own tenant, under the tickets' ids.</summary>
    internal async Task ForgetStaffDraftsAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var provider = new SecureBaseDb(options, Tenant.OperatorId);
        var ids = await db.Tickets.OrderBy(t => t.Id).Select(t => t.Id).ToListAsync(ct);
        foreach (var some in ids.Chunk(BatchSize))
            await ForgetDraftsAsync(provider, Tenant.OperatorId, [.. some.Select(id => id.ToString())], ct);
    }

    private async Task<(int Seen, int Closed)> CloseSomeAsync(CancellationToken ct)
    {
        var silent = await SilentAsync(ct);
        var closed = 0;
        foreach (var (id, version) in silent)
        {
            // The version is what was seen to be silent: whoever writes on the ticket meanwhile keeps it from closing.
            if ((await tickets.EditAsync(id, new EditTicket { Status = TicketStatus.Closed }, version, ct)).IsSuccess)
                closed++;
        }
        return (silent.Count, closed);
    }

    private async Task<List<SeenTicket>> SilentAsync(CancellationToken ct)
    {
        var silentSince = clock.GetUtcNow() - Ticket.SilenceBeforeClosing;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Tickets
            .Where(t => t.Status == TicketStatus.Resolved && t.ResolvedAt <= silentSince && !db.TicketComments.Any(c => c.TicketId == t.Id && c.CreatedAt > silentSince))
            .OrderBy(t => t.ResolvedAt).Take(BatchSize).Select(t => new SeenTicket(t.Id, t.Version)).ToListAsync(ct);
    }

    private async Task<TimeSpan> RetentionAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return TimeSpan.FromDays(await db.Tenants.Where(t => t.Id == tenant.Tenant.Id).Select(t => t.TicketRetentionDays).SingleAsync(ct));
    }

    private async Task<Result<int>> PurgeAsync(Change change, DateTimeOffset closedUntil, CancellationToken ct)
    {
        var gone = await change.Db.Database.SqlQuery<PurgedTicket>($"""
            select id as "Id", closed_at as "ClosedAt" from tickets t where tenant_id = {tenant.Tenant.Id} and status = 'closed' and closed_at <= {closedUntil}
              and not exists (select from tickets m where m.tenant_id = t.tenant_id and m.id = t.merged_into_id)
            order by closed_at limit {BatchSize} for update skip locked
            """).ToListAsync(ct);
        if (gone.Count == 0)
            return 0;
        var expired = gone.Select(t => t.Id).ToArray();
        var counted = await days.KeepAsync(change.Db, expired, change.At, ct);
        // Messages, notes and history go with their ticket, by the database: the app role may not delete them by themselves.
        await change.Db.Database.ExecuteSqlAsync($"""
            with files_too as (
              delete from files f using ticket_attachments a
              where a.tenant_id = {tenant.Tenant.Id} and a.ticket_id = any({expired}) and f.tenant_id = a.tenant_id and f.id = a.file_id)
            delete from tickets where tenant_id = {tenant.Tenant.Id} and id = any({expired})
            """, ct);
        await days.RecountAsync(change.Db, counted, change.At, ct);
        var ids = gone.Select(t => t.Id.ToString()).ToArray();
        await ForgetDraftsAsync(change.Db, tenant.Tenant.Id, ids, ct);
        // Staff keep theirs in their own tenant. A crash before the commit costs a draft of a ticket that is purged the next time.
        await using (var provider = new SecureBaseDb(options, Tenant.OperatorId))
            await ForgetDraftsAsync(provider, Tenant.OperatorId, ids, ct);
        change.Audit(Purged, SupportEvents.Ticket, details: new { gone.Count, ClosedFrom = gone.Min(t => t.ClosedAt), ClosedUntil = gone.Max(t => t.ClosedAt) });
        return gone.Count;
    }

    private static Task<int> ForgetDraftsAsync(SecureBaseDb db, Guid tenantId, string[] ticketIds, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"delete from drafts where tenant_id = {tenantId} and key like 'ticket/%' and split_part(key, '/', 2) = any({ticketIds})", ct);

    private readonly record struct SeenTicket(Guid Id, int Version);

    private sealed record PurgedTicket(Guid Id, DateTimeOffset ClosedAt);
}
