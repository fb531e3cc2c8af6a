using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>A ticket in the queue over all tenants.</summary>
public sealed record QueueItem(TicketView Ticket, Guid TenantId, string TenantSlug, string TenantName, Plan Plan);

/// <summary>Which part of the queue: a <see cref="TicketQuery"/> with the facets only staff have.</summary>
public sealed record QueueQuery
{
    public TicketQuery Tickets { get; init; } = new() { Sort = TicketSort.Waiting, PageNumber = 1 };
    /// <summary>Slugs; empty means all tenants.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];
    /// <summary>Only tickets that wait for staff.</summary>
    public bool NeedsReply { get; init; }
    /// <summary>Only critical tickets and security tickets.</summary>
    public bool CriticalOrSecurity { get; init; }
    /// <summary>Only tickets of teams that the caller is in.</summary>
    public bool MyTeams { get; init; }
    public DateTimeOffset? ResolvedSince { get; init; }
}

/// <summary>How many tickets each built-in view of the queue holds.</summary>
public sealed record QueueCounts(int NeedsReply, int MyOpen, int Unassigned, int CriticalOrSecurity, int WaitingOnCustomers, int ResolvedToday, int AllOpen)
{
    /// <summary>Of teams that the caller is in.</summary>
    public int MyTeams { get; init; }
}

/// <summary>What staff see beside a ticket of its tenant.</summary>
public sealed record TenantSummary(Guid Id, string Slug, string Name, Plan Plan, string TimeZone, int OpenTickets, int CriticalTickets, IReadOnlyList<TicketView> AlsoOpen)
{
    /// <summary>How many resolutions were rated in the last 90 days.</summary>
    public int Ratings { get; init; }

    /// <summary>Their mean, 1–5; null without any.</summary>
    public double? Satisfaction { get; init; }
}

/// <summary>One queue over all tenants, read through the staff role. Each use is audited in the operator's log, at most once per person and 15 minutes.</summary>
public sealed class StaffQueue(IDbContextFactory<StaffDb> contexts, StaffAccess access, UnitOfWork unit, Caller caller, TimeProvider clock)
{
    /// <summary>Beyond so many a view only says that there are more.</summary>
    public const int MostCounted = 100;

    /// <summary>The total of a list is exact up to here, and up to the page that is read; beyond it is a minimum (<see cref="Page{T}.TotalIsMinimum"/>).</summary>
    public const int MostTotalled = 1_000;

    /// <summary>By page with a total, or by cursor in the order of creation when the query names no page.</summary>
    public async Task<Result<Page<QueueItem>>> ListAsync(QueueQuery query, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, StaffAccess.ListedQueue, refusal: null, ct);
        if (TicketSearch.Validate(query.Tickets) is { } invalid)
            return invalid;
        await access.RecordQueueAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var tickets = Facets(db, query, caller.Actor.PersonId).Where(query.Tickets, caller.Actor.PersonId, db);
        var ordered = tickets.Order(query.Tickets);
        var limit = query.Tickets.Limit;
        if (query.Tickets.PageNumber is not { } number)
        {
            var more = await ReadAsync(db, ordered.After(query.Tickets.Cursor).Take(limit + 1), query.Tickets.Sort, ct);
            var next = more.Count > limit && query.Tickets.Sort == TicketSort.Created ? new Cursor(more[limit - 1].Ticket.CreatedAt, more[limit - 1].Ticket.Id).ToString() : null;
            return new Page<QueueItem>([.. more.Take(limit)], next);
        }
        var before = (number - 1) * limit;
        var items = await ReadAsync(db, ordered.Skip(before).Take(limit), query.Tickets.Sort, ct);
        var (total, isMinimum) = items.Count < limit && (items.Count > 0 || number == 1)
            ? (before + items.Count, false)
            : await TotalAsync(tickets, Math.Max(MostTotalled, before + limit), ct);
        return new Page<QueueItem>(items, null) { Total = total, TotalIsMinimum = isMinimum };
    }

    private async Task<List<QueueItem>> ReadAsync(StaffDb db, IQueryable<Ticket> page, TicketSort sort, CancellationToken ct)
    {
        var rows = await page.Join(db.Tenants, t => t.TenantId, t => t.Id, (ticket, tenant) => new { ticket, tenant }).ToListAsync(ct);
        // The join may lose the order of the page, which is small: restore it from the key that made it.
        return [.. Sorted(rows.Select(r => new QueueItem(r.ticket.ToView(), r.tenant.Id, r.tenant.Slug, r.tenant.Name, r.tenant.Plan)), sort)];
    }

    // Without an order: what the filters ask for stands in an index of its own, which is counted without a look at the tickets.
    private static async Task<(int Total, bool IsMinimum)> TotalAsync(IQueryable<Ticket> tickets, int most, CancellationToken ct)
    {
        var counted = await tickets.Take(most + 1).CountAsync(ct);
        return (Math.Min(counted, most), counted > most);
    }

    /// <summary>One ticket of the queue, as a list shows it. Not found for an id that is no ticket of that tenant.</summary>
    public async Task<Result<QueueItem>> FindAsync(Guid tenantId, Guid ticketId, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, StaffAccess.ListedQueue, refusal: null, ct);
        await access.RecordQueueAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await db.Tickets.Where(t => t.TenantId == tenantId && t.Id == ticketId)
            .Join(db.Tenants, t => t.TenantId, t => t.Id, (ticket, tenant) => new { ticket, tenant }).SingleOrDefaultAsync(ct);
        return found is null ? SupportErrors.TicketNotFound : new QueueItem(found.ticket.ToView(), found.tenant.Id, found.tenant.Slug, found.tenant.Name, found.tenant.Plan);
    }

    /// <param name="today">When the viewer's day began, in any zone.</param>
    public async Task<Result<QueueCounts>> CountAsync(DateTimeOffset today, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, StaffAccess.ListedQueue, refusal: null, ct);
        var (me, since) = (caller.Actor.PersonId, today.ToUniversalTime());
        await using var db = await contexts.CreateDbContextAsync(ct);
        var open = db.Tickets.Where(t => t.Status != TicketStatus.Resolved && t.Status != TicketStatus.Closed);
        var teams = await db.SupportTeamMembers.Where(m => m.PersonId == me).Select(m => m.TeamId).ToListAsync(ct);
        var counts = await open.GroupBy(_ => 1).Select(g => new
        {
            NeedsReply = g.Count(t => t.WaitingSince != null),
            Mine = g.Count(t => t.AssigneeId == me),
            Unassigned = g.Count(t => t.AssigneeId == null),
            Teams = g.Count(t => t.TeamId != null && teams.Contains(t.TeamId.Value)),
            Urgent = g.Count(t => t.Priority == TicketPriority.Critical || t.Category == TicketCategory.Security),
            Waiting = g.Count(t => t.Status == TicketStatus.WaitingCustomer),
            All = g.Count(),
        }).SingleOrDefaultAsync(ct);
        var resolved = await db.Tickets.CountAsync(t => t.ResolvedAt >= since, ct);
        return counts is null ? new QueueCounts(0, 0, 0, 0, 0, resolved, 0)
            : new QueueCounts(counts.NeedsReply, counts.Mine, counts.Unassigned, counts.Urgent, counts.Waiting, resolved, counts.All) { MyTeams = counts.Teams };
    }

    /// <summary>How many tickets each part of the queue holds, in the order asked; counting ends at <see cref="MostCounted"/>.</summary>
    public async Task<Result<IReadOnlyList<int>>> CountAsync(IReadOnlyList<QueueQuery> parts, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, StaffAccess.ListedQueue, refusal: null, ct);
        await access.RecordQueueAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        List<int> counts = [];
        foreach (var part in parts)
            counts.Add(TicketSearch.Validate(part.Tickets) is null ? await Facets(db, part, caller.Actor.PersonId).Where(part.Tickets, caller.Actor.PersonId, db).Take(MostCounted).CountAsync(ct) : 0);
        return Result<IReadOnlyList<int>>.Success(counts);
    }

    /// <summary>The tags of unfinished tickets, the most used first, up to 50.</summary>
    public async Task<Result<IReadOnlyList<string>>> TagsAsync(CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, StaffAccess.ListedQueue, refusal: null, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return Result<IReadOnlyList<string>>.Success(await db.Database.SqlQuery<string>($"""
            select tag as "Value" from tickets, unnest(tags) tag where status not in ('resolved', 'closed')
            group by tag order by count(*) desc, tag limit 50
            """).ToListAsync(ct));
    }

    /// <summary>Internal notes of a ticket and of those merged into it, oldest first. The only way to read them.</summary>
    public async Task<Result<IReadOnlyList<TimelineEntry>>> NotesAsync(Guid tenantId, Guid ticketId, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, "staff.read_notes", refusal: null, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var all = await TicketChanges.WithMergedAsync(db, ticketId, ct);
        var notes = await db.InternalNotes.Where(n => n.TenantId == tenantId && all.Contains(n.TicketId)).OrderBy(n => n.CreatedAt).ThenBy(n => n.Id).ToListAsync(ct);
        return Result<IReadOnlyList<TimelineEntry>>.Success([.. notes.Select(n => new TimelineEntry
        {
            Id = n.Id, Kind = TimelineKind.Note, At = n.CreatedAt, Body = n.Body, Author = new CommentAuthor(n.AuthorId, n.AuthorName, ActorKind.Agent),
        })]);
    }

    /// <summary>The tenants staff can filter by, by name.</summary>
    public async Task<Result<IReadOnlyList<TenantInfo>>> TenantsAsync(CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, StaffAccess.ListedQueue, refusal: null, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var tenants = await db.Tenants.Where(t => t.Kind == TenantKind.Customer).OrderBy(t => t.Name).ToListAsync(ct);
        return Result<IReadOnlyList<TenantInfo>>.Success([.. tenants.Select(t => t.ToInfo())]);
    }

    /// <summary>The customer behind a ticket.</summary>
    public async Task<Result<TenantSummary>> CustomerAsync(Guid tenantId, Guid besideTicket, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, StaffAccess.ListedQueue, refusal: null, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Tenants.SingleOrDefaultAsync(t => t.Id == tenantId, ct) is not { } tenant)
            return Error.NotFound("tenant");
        var open = db.Tickets.Where(t => t.TenantId == tenantId && t.Status != TicketStatus.Resolved && t.Status != TicketStatus.Closed);
        var also = await open.Where(t => t.Id != besideTicket).OrderByDescending(t => t.UpdatedAt).Take(5).ToListAsync(ct);
        var since = clock.GetUtcNow().AddDays(-90);
        var rated = await db.Tickets.Where(t => t.TenantId == tenantId && t.RatedAt >= since).GroupBy(_ => 1).Select(g => new { Count = g.Count(), Mean = g.Average(t => t.RatingScore) }).SingleOrDefaultAsync(ct);
        return new TenantSummary(tenant.Id, tenant.Slug, tenant.Name, tenant.Plan, tenant.TimeZone,
            await open.CountAsync(ct), await open.CountAsync(t => t.Priority == TicketPriority.Critical, ct), [.. also.Select(t => t.ToView())])
        {
            Ratings = rated?.Count ?? 0, Satisfaction = rated?.Mean,
        };
    }

    private static IQueryable<Ticket> Facets(StaffDb db, QueueQuery query, Guid me)
    {
        IQueryable<Ticket> tickets = db.Tickets;
        if (query.Tenants.Count > 0)
            tickets = tickets.Where(t => db.Tenants.Any(o => o.Id == t.TenantId && query.Tenants.Contains(o.Slug)));
        if (query.NeedsReply)
            tickets = tickets.Where(t => t.WaitingSince != null && t.Status != TicketStatus.Resolved && t.Status != TicketStatus.Closed);
        if (query.MyTeams)
            tickets = tickets.Where(t => db.SupportTeamMembers.Any(m => m.PersonId == me && m.TeamId == t.TeamId));
        if (query.CriticalOrSecurity)
            tickets = tickets.Where(t => t.Priority == TicketPriority.Critical || t.Category == TicketCategory.Security);
        if (query.ResolvedSince?.ToUniversalTime() is { } since)
            tickets = tickets.Where(t => t.ResolvedAt >= since);
        return tickets;
    }

    private IEnumerable<QueueItem> Sorted(IEnumerable<QueueItem> items, TicketSort sort) => sort switch
    {
        TicketSort.Updated => items.OrderByDescending(i => i.Ticket.UpdatedAt),
        TicketSort.Priority => items.OrderByDescending(i => i.Ticket.Priority).ThenByDescending(i => i.Ticket.UpdatedAt),
        TicketSort.Due => items.OrderBy(i => i.Ticket.NextDueAt is null).ThenBy(i => i.Ticket.NextDueAt).ThenBy(i => i.Ticket.Status.IsDone()).ThenByDescending(i => i.Ticket.UpdatedAt),
        TicketSort.Waiting => items.OrderBy(i => i.Ticket.WaitingSince ?? clock.GetUtcNow().AddYears(1)).ThenBy(i => i.Ticket.Status.IsDone()).ThenByDescending(i => i.Ticket.UpdatedAt),
        _ => items.OrderByDescending(i => i.Ticket.CreatedAt).ThenByDescending(i => i.Ticket.Id),
    };
}
