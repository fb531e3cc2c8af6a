using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>
/// Tells of this scope's tenant's clocks what has come due: <c>ticket.sla_warning</c> and <c>ticket.sla_breached</c>, each once per cycle
/// ever. Nodes skip the rows another one holds, and the mark that something was told commits with the event that tells it.
/// </summary>
public sealed class SlaSweep(UnitOfWork unit, TermsBook book, TicketClocks clocks, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant)
{
    internal const int BatchSize = 200;

    /// <summary>A reply that was given in time has so long to commit before the breach is told.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Tells one batch of what is due, the longest due first. What is on a ticket that is being written is left to its writer.</summary>
    /// <returns>How many clocks were looked at; <see cref="BatchSize"/> when there may be more.</returns>
    public async Task<int> TellDueAsync(CancellationToken ct) => (await unit.ChangeAsync(SlaPermissions.Keep, "sla.swept", TellSomeAsync, ct)).Value;

    /// <summary>
    /// Takes over what the plan promises now if that is something else than what holds, from now on; brings the open tickets up to date
    /// whose clocks do not know the last terms; and gives clocks to tickets that have none, in silence. Whoever stops in the middle is
    /// carried on by the next.
    /// </summary>
    /// <returns>How many tickets were brought up to date.</returns>
    public async Task<int> RenewAsync(CancellationToken ct)
    {
        if (await IsRenewalDueAsync(ct))
        {
            _ = (await unit.ChangeAsync<Done>(SlaPermissions.Keep, "sla.renewed", async (change, ct) =>
            {
                if (await book.RenewAsync(change.Db, change.At, ct))
                    change.Audit("sla.renewed");
                return Done.Value;
            }, ct)).Value;
        }
        return await RefreshAsync(await OutdatedAsync(ct), ct);
    }

    private async Task<Result<int>> TellSomeAsync(Change change, CancellationToken ct)
    {
        var due = change.At - Grace;
        // Writers lock the ticket: a reply that was given in time and still waits for its turn there is no breach.
        var rows = await change.Db.TicketClocks.FromSql($"""
            select c.* from sla_clocks c join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
            where c.tenant_id = {tenant.Tenant.Id} and c.ended_at is null and c.next_alert_at <= {due}
            order by c.next_alert_at limit {BatchSize} for update of c skip locked for key share of t skip locked
            """).ToListAsync(ct);
        var ids = rows.Select(r => r.TicketId).Distinct().ToArray();
        var tickets = await change.Db.Tickets.AsNoTracking().Where(t => ids.Contains(t.Id)).ToDictionaryAsync(t => t.Id, ct);
        foreach (var row in rows)
            TicketClocks.Tell(change, tickets[row.TicketId], row, row.Sweep(due, change.At));
        return rows.Count;
    }

    private async Task<bool> IsRenewalDueAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await book.IsRenewalDueAsync(db, ct);
    }

    private async Task<int> RefreshAsync(List<Guid> ids, CancellationToken ct)
    {
        foreach (var some in ids.Chunk(50))
        {
            _ = (await unit.ChangeAsync<Done>(SlaPermissions.Keep, "sla.renewed", async (change, ct) =>
            {
                foreach (var ticket in await TicketChanges.LockAllAsync(change.Db, some, ct))
                    await clocks.RefreshAsync(change, ticket, ct);
                return Done.Value;
            }, ct)).Value;
        }
        return ids.Count;
    }

    // One for each of the two indexes.
    private async Task<List<Guid>> OutdatedAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var without = db.Tickets.Where(t => t.TermsSequence == 0).Select(t => t.Id);
        var behind = db.Tickets.Where(t => t.ResolvedAt == null && t.TermsSequence > 0 && t.TermsSequence < (db.AgreedTerms.Max(a => (int?)a.Sequence) ?? 0)).Select(t => t.Id);
        return await without.Concat(behind).ToListAsync(ct);
    }
}
