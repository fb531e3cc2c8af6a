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

    /// <returns>How many clocks were looked at.</returns>
    public async Task<int> TellDueAsync(CancellationToken ct)
    {
        int total = 0, told;
        do
        {
            told = (await unit.ChangeAsync(SlaPermissions.Keep, "sla.swept", TellSomeAsync, ct)).Value;
            total += told;
        }
        while (told == BatchSize);
        return total;
    }

    /// <summary>
    /// Takes over what the plan promises now if that is something else than what holds, from now on, for the tickets that are open;
    /// and gives clocks to tickets that have none, in silence.
    /// </summary>
    /// <returns>How many tickets were looked at.</returns>
    public async Task<int> RenewAsync(CancellationToken ct)
    {
        var renewed = (await unit.ChangeAsync<bool>(SlaPermissions.Keep, "sla.renewed", async (change, ct) =>
        {
            if (!await book.RenewAsync(change.Db, change.At, ct))
                return false;
            change.Audit("sla.renewed");
            return true;
        }, ct)).Value;
        return await RefreshAsync(isQuiet: true, await WithoutClocksAsync(ct), ct) + (renewed ? await RefreshAsync(isQuiet: false, await OpenAsync(ct), ct) : 0);
    }

    private async Task<Result<int>> TellSomeAsync(Change change, CancellationToken ct)
    {
        var due = change.At - Grace;
        var rows = await change.Db.TicketClocks.FromSql($"""
            select * from sla_clocks where tenant_id = {tenant.Tenant.Id} and ended_at is null and next_alert_at <= {due} order by next_alert_at limit {BatchSize} for update skip locked
            """).ToListAsync(ct);
        var ids = rows.Select(r => r.TicketId).Distinct().ToArray();
        var tickets = await change.Db.Tickets.AsNoTracking().Where(t => ids.Contains(t.Id)).ToDictionaryAsync(t => t.Id, ct);
        foreach (var row in rows)
            TicketClocks.Tell(change, tickets[row.TicketId], row, row.Sweep(due, change.At));
        return rows.Count;
    }

    private async Task<int> RefreshAsync(bool isQuiet, List<Guid> ids, CancellationToken ct)
    {
        foreach (var some in ids.Chunk(50))
        {
            await unit.ChangeAsync<Done>(SlaPermissions.Keep, "sla.renewed", async (change, ct) =>
            {
                foreach (var ticket in await change.Db.Tickets.FromSql($"select * from tickets where id = any({some}) order by id for update").ToListAsync(ct))
                    await clocks.RefreshAsync(change, ticket, isQuiet, ct);
                return Done.Value;
            }, ct);
        }
        return ids.Count;
    }

    private async Task<List<Guid>> WithoutClocksAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Tickets.Where(t => !db.TicketClocks.Any(c => c.TicketId == t.Id)).OrderBy(t => t.Id).Select(t => t.Id).ToListAsync(ct);
    }

    private async Task<List<Guid>> OpenAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Tickets.Where(t => t.Status != TicketStatus.Resolved && t.Status != TicketStatus.Closed).OrderBy(t => t.Id).Select(t => t.Id).ToListAsync(ct);
    }
}
