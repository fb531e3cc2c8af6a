using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Reports;

/// <summary>
/// Keeps this scope's tenant's <see cref="SupportDay"/>s. A day is counted from the tickets there are, never added to: whatever was
/// reopened, merged, split, handed on or rated again is right after the next count, and counting twice changes nothing. What tickets that
/// are purged have contributed is set aside in the purge's own transaction.
/// </summary>
/// <remarks>
/// Counting is a job of its own and no part of a ticket's change, because all who work for a tenant on one day would queue on the day's row.
/// The measures are the view <c>ticket_measures</c> (see the migration that makes it).
/// </remarks>
public sealed class SupportDays(UnitOfWork unit, TenantContext tenant)
{
    internal const int BatchSize = 2_000;

    private static readonly DateOnly[] NoDays = [];
    private static readonly Guid[] NoTickets = [];

    /// <summary>Counts the days of tickets that have changed since the last count. May be interrupted anywhere and repeated at will.</summary>
    /// <returns>How many changes were taken in.</returns>
    public async Task<int> RollUpAsync(CancellationToken ct)
    {
        int total = 0, taken;
        do
        {
            taken = (await unit.ChangeAsync(ReportPermissions.Keep, "reports.rolled_up", RollUpSomeAsync, ct)).Value;
            total += taken;
        }
        while (taken == BatchSize);
        return total;
    }

    /// <summary>Sets aside what these tickets have contributed, and answers which days it was. To be called before they are deleted, in the same transaction; <see cref="RecountAsync"/> after it.</summary>
    internal async Task<DateOnly[]> KeepAsync(SecureBaseDb db, Guid[] ticketIds, DateTimeOffset at, CancellationToken ct)
    {
        await LockAsync(db, ct);
        await AddAsync(db, isKept: true, NoDays, ticketIds, at, ct);
        return await DaysAsync(db, ticketIds, ct);
    }

    /// <summary>Counts these days anew from the tickets there are.</summary>
    internal async Task RecountAsync(SecureBaseDb db, DateOnly[] days, DateTimeOffset at, CancellationToken ct)
    {
        await LockAsync(db, ct);
        await db.SupportDays.Where(d => !d.IsKept && days.Contains(d.Day)).ExecuteDeleteAsync(ct);
        await AddAsync(db, isKept: false, days, NoTickets, at, ct);
    }

    private async Task<Result<int>> RollUpSomeAsync(Change change, CancellationToken ct)
    {
        await LockAsync(change.Db, ct);
        // Read before the count: whoever commits after this leaves a mark that stays.
        var changes = await change.Db.ChangedTickets.AsNoTracking().Where(c => c.NotBefore == null || c.NotBefore < change.At).OrderBy(c => c.Id).Take(BatchSize).ToListAsync(ct);
        if (changes.Count == 0)
            return 0;
        var days = await DaysAsync(change.Db, [.. changes.Select(c => c.TicketId).Distinct()], ct);
        await RecountAsync(change.Db, [.. days.Union(changes.Select(c => c.LeftDay).OfType<DateOnly>())], change.At, ct);
        var taken = changes.ConvertAll(c => c.Id);
        await change.Db.ChangedTickets.Where(c => taken.Contains(c.Id)).ExecuteDeleteAsync(ct);
        return changes.Count;
    }

    // Two counts of one day at once would each add what the other adds. Held to the end of the transaction; taking it again is free.
    private Task<int> LockAsync(SecureBaseDb db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"support days " + tenant.Tenant.Id}, 0))", ct);

    // Whatever a ticket counts for happened with one of its events, or when a clock ran over its target.
    private async Task<DateOnly[]> DaysAsync(SecureBaseDb db, Guid[] ticketIds, CancellationToken ct) =>
        [.. await db.Database.SqlQuery<DateOnly>($"""
            select (e.at at time zone 'UTC')::date as "Value" from ticket_events e where e.tenant_id = {tenant.Tenant.Id} and e.ticket_id = any({ticketIds})
            union
            select (coalesce(c.breached_at, c.due_at) at time zone 'UTC')::date from sla_clocks c
            where c.tenant_id = {tenant.Tenant.Id} and c.ticket_id = any({ticketIds}) and coalesce(c.breached_at, c.due_at) is not null
            """).ToListAsync(ct)];

    private Task<int> AddAsync(SecureBaseDb db, bool isKept, DateOnly[] days, Guid[] ticketIds, DateTimeOffset at, CancellationToken ct) => db.Database.ExecuteSqlAsync($"""
        insert into support_days (tenant_id, day, plan, category, agent_id, is_kept, opened, resolved, replies, first_response_seconds, resolution_seconds,
          first_response_met, first_response_breached, next_response_met, next_response_breached, resolution_met, resolution_breached, ratings, rating_sum, satisfied)
        select m.tenant_id, m.day, m.plan, m.category, m.agent_id, {isKept},
          count(*) filter (where m.measure = 'opened'),
          count(*) filter (where m.measure = 'resolved'),
          count(*) filter (where m.measure = 'reply'),
          coalesce(array_agg(m.amount) filter (where m.measure = 'answered'), array[]::integer[]),
          coalesce(array_agg(m.amount) filter (where m.measure = 'resolved'), array[]::integer[]),
          count(*) filter (where m.measure = 'first_response' and not m.breached),
          count(*) filter (where m.measure = 'first_response' and m.breached),
          count(*) filter (where m.measure = 'next_response' and not m.breached),
          count(*) filter (where m.measure = 'next_response' and m.breached),
          count(*) filter (where m.measure = 'resolution' and not m.breached),
          count(*) filter (where m.measure = 'resolution' and m.breached),
          count(*) filter (where m.measure = 'rating'),
          coalesce(sum(m.amount) filter (where m.measure = 'rating'), 0),
          count(*) filter (where m.measure = 'rating' and m.amount >= 4)
        from ticket_measures m
        where m.tenant_id = {tenant.Tenant.Id} and (m.day = any({days}) or m.ticket_id = any({ticketIds})) and (m.not_before is null or m.not_before < {at})
        group by m.tenant_id, m.day, m.plan, m.category, m.agent_id
        on conflict (tenant_id, day, plan, category, agent_id, is_kept) do update set
          opened = support_days.opened + excluded.opened,
          resolved = support_days.resolved + excluded.resolved,
          replies = support_days.replies + excluded.replies,
          first_response_seconds = support_days.first_response_seconds || excluded.first_response_seconds,
          resolution_seconds = support_days.resolution_seconds || excluded.resolution_seconds,
          first_response_met = support_days.first_response_met + excluded.first_response_met,
          first_response_breached = support_days.first_response_breached + excluded.first_response_breached,
          next_response_met = support_days.next_response_met + excluded.next_response_met,
          next_response_breached = support_days.next_response_breached + excluded.next_response_breached,
          resolution_met = support_days.resolution_met + excluded.resolution_met,
          resolution_breached = support_days.resolution_breached + excluded.resolution_breached,
          ratings = support_days.ratings + excluded.ratings,
          rating_sum = support_days.rating_sum + excluded.rating_sum,
          satisfied = support_days.satisfied + excluded.satisfied
        """, ct);
}
