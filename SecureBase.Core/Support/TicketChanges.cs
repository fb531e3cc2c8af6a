using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Core.Support;

/// <summary>What every change of a ticket has in common: the lock it is made under, and what is written with it.</summary>
internal static class TicketChanges
{
    // Writers of one ticket queue on its row, so that each message is kept exactly once and the version tells every conflict.
    internal static Task<Ticket?> LockAsync(SecureBaseDb db, Guid id, CancellationToken ct) =>
        db.Tickets.FromSql($"select * from tickets where id = {id} for update").SingleOrDefaultAsync(ct);

    /// <summary>Locks some tickets in the order of their ids, so that writers of several never wait for each other in a circle.</summary>
    internal static Task<List<Ticket>> LockAllAsync(SecureBaseDb db, Guid[] ids, CancellationToken ct) =>
        db.Tickets.FromSql($"select * from tickets where id = any({ids}) order by id for update").ToListAsync(ct);

    /// <summary>The ids of a ticket and of all that were merged into it, at any distance.</summary>
    internal static Task<List<Guid>> WithMergedAsync(SecureBaseDb db, Guid id, CancellationToken ct) => db.Database.SqlQuery<Guid>($"""
        with recursive merged(id, tenant_id) as (
          select id, tenant_id from tickets where id = {id}
          union select t.id, t.tenant_id from tickets t join merged m on t.tenant_id = m.tenant_id and t.merged_into_id = m.id)
        select id as "Value" from merged
        """).ToListAsync(ct);

    /// <summary>Adds the events of a change to its transaction, and what they make of the ticket's clocks and days.</summary>
    internal static Task SaveAsync(Change change, Ticket ticket, TicketClocks clocks, CancellationToken ct)
    {
        change.Db.TicketEvents.AddRange(ticket.NewEvents);
        MarkChanged(change, ticket);
        return clocks.FollowAsync(change, ticket, ct);
    }

    /// <summary>Has the days of a ticket counted anew, see <see cref="SupportDays"/>.</summary>
    /// <param name="left">A day, UTC, that it does not count for any more.</param>
    /// <param name="notBefore">When; null for at once.</param>
    internal static void MarkChanged(Change change, Ticket ticket, DateOnly? left = null, DateTimeOffset? notBefore = null) =>
        change.Db.ChangedTickets.Add(new ChangedTicket { Id = Guid.CreateVersion7(change.At), TicketId = ticket.Id, LeftDay = left, NotBefore = notBefore });

    /// <summary>Audits a change and tells it to the world.</summary>
    internal static TicketView Recorded(Change change, Ticket ticket, string type, object details)
    {
        var view = ticket.ToView();
        change.Audit(type, SupportEvents.Ticket, ticket.Id, details);
        change.Emit(type, SupportEvents.Ticket, ticket.Id, ticket.Version, view);
        return view;
    }

    /// <summary>Tells a resolution or a reopening besides the change that brought it.</summary>
    internal static void EmitResolution(Change change, Ticket ticket, bool wasResolved)
    {
        if (ticket.IsDone == wasResolved)
            return;
        if (ticket.Status == TicketStatus.Resolved)
            change.Emit(SupportEvents.Resolved, SupportEvents.Ticket, ticket.Id, ticket.Version, ticket.ToView());
        else if (wasResolved)
            change.Emit(SupportEvents.Reopened, SupportEvents.Ticket, ticket.Id, ticket.Version, ticket.ToView());
    }

    internal static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
