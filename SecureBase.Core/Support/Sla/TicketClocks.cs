using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>The clocks of this scope's tenant's tickets: computed from their events whenever somebody looks, stored whenever they change.</summary>
public sealed class TicketClocks(IDbContextFactory<SecureBaseDb> contexts, TermsBook book, Caller caller, TimeProvider clock)
{
    private static readonly TicketEventType[] Moving = [.. Enum.GetValues<TicketEventType>().Where(type => TypeOf(type) is not null)];

    /// <summary>A ticket's clocks as they stand now. Not found for another tenant's ticket.</summary>
    public async Task<Result<SlaClocks>> ReadAsync(Guid ticketId, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var events = await EventsAsync(db, ticketId, ct);
        if (events.Count == 0)
            return SupportErrors.TicketNotFound;
        var now = clock.GetUtcNow();
        return new SlaClocks([.. Ledger(await book.ReadAsync(db, events[0].At, ct), events, now).Select(SlaClockView.Of)]);
    }

    /// <summary>
    /// Brings the clocks of a changed ticket up to date in the change's own transaction. To be called once its
    /// <see cref="Ticket.NewEvents"/> are complete, with its row locked. Tells what has come to pass and was not told yet.
    /// </summary>
    internal async Task FollowAsync(Change change, Ticket ticket, CancellationToken ct)
    {
        if (!ticket.NewEvents.Any(e => TypeOf(e.Type) is not null))
            return;
        var isNew = ticket.NewEvents[0].Sequence == 1;
        var earlier = isNew ? [] : await EventsAsync(change.Db, ticket.Id, ct);
        await StoreAsync(change, ticket, [.. earlier, .. ticket.NewEvents], isNew, ct);
    }

    /// <summary>Like <see cref="FollowAsync"/> for a ticket that did not change while its terms did, or that has no clocks yet.</summary>
    internal async Task RefreshAsync(Change change, Ticket ticket, CancellationToken ct)
    {
        TicketChanges.MarkChanged(change, ticket);
        await StoreAsync(change, ticket, await EventsAsync(change.Db, ticket.Id, ct), isNew: false, ct);
    }

    /// <summary>Says in this transaction what has come to pass.</summary>
    internal static void Tell(Change change, Ticket ticket, TicketClock row, SlaAlerts alerts)
    {
        if (alerts.HasFlag(SlaAlerts.Warning))
            Tell(SupportEvents.SlaWarning);
        if (alerts.HasFlag(SlaAlerts.Breach))
        {
            Tell(SupportEvents.SlaBreached);
            TicketChanges.MarkChanged(change, ticket);
        }

        void Tell(string type)
        {
            change.Audit(type, SupportEvents.Ticket, ticket.Id, new { ticket.Number, row.Metric, row.Cycle, row.DueAt });
            change.Emit(type, SupportEvents.Ticket, ticket.Id, ticket.Version, ticket.ToView());
        }
    }

    private async Task StoreAsync(Change change, Ticket ticket, IReadOnlyList<TicketEvent> events, bool isNew, CancellationToken ct)
    {
        var db = change.Db;
        var terms = await book.AgreedAsync(db, change.At, ct);
        // The sweep may be at these rows; it holds them for a moment only.
        var rows = isNew ? [] : await db.TicketClocks.FromSql($"select * from sla_clocks where ticket_id = {ticket.Id} for update").ToListAsync(ct);
        // History is written in the past, and an old ticket gets its first clocks late: what came to pass before the present is nobody's news.
        DateTimeOffset? quietUntil = change.Actor.Silent || (!isNew && ticket.TermsSequence == 0) ? clock.GetUtcNow() : null;
        DateTimeOffset? nextDue = null;
        List<(TicketClock Row, SlaAlerts Alerts)> news = [];
        foreach (var computed in Ledger(terms, events, change.At))
        {
            if (rows.Find(r => r.Metric == computed.Metric && r.Cycle == computed.Cycle) is not { } row)
                db.TicketClocks.Add(row = new TicketClock(ticket.Id, computed.Metric, computed.Cycle));
            // A breach that is taken back leaves the day it lay on.
            if (row.LateSince(change.At) is { } late && late != computed.ReachedTargetAt)
                TicketChanges.MarkChanged(change, ticket, DateOnly.FromDateTime(late.UtcDateTime));
            news.Add((row, row.Follow(computed, change.At, quietUntil)));
            // The sweep has nothing to say of it any more, and yet its time will run out.
            if (!computed.IsEnded && row.NextAlertAt is null && row.DueAt >= change.At)
                TicketChanges.MarkChanged(change, ticket, notBefore: row.DueAt);
            if (!computed.IsEnded && (nextDue is null || computed.DueAt < nextDue))
                nextDue = computed.DueAt ?? nextDue;
        }
        // Terms that come to hold later than this change are not in the ledger yet, whoever has read them.
        ticket.Promise(nextDue, Math.Max(1, terms.Count(t => t.From <= change.At)));
        foreach (var (row, alerts) in news)
            Tell(change, ticket, row, alerts);
    }

    private static async Task<IReadOnlyList<TicketEvent>> EventsAsync(SecureBaseDb db, Guid ticketId, CancellationToken ct) =>
        await db.TicketEvents.AsNoTracking().Where(e => e.TicketId == ticketId && Moving.Contains(e.Type)).OrderBy(e => e.Sequence).ToListAsync(ct);

    private static IReadOnlyList<SlaClock> Ledger(IReadOnlyList<SlaTerms> terms, IReadOnlyList<TicketEvent> recorded, DateTimeOffset now)
    {
        List<SlaEvent> events = new(recorded.Count);
        var at = DateTimeOffset.MinValue;
        var answered = false;
        foreach (var happened in recorded)
        {
            if (TypeOf(happened.Type) is not { } type)
                continue;
            // A merge taken back ends the wait for its message alone, never that for the first reply.
            if (happened.Type == TicketEventType.Withdrawn && !answered)
                continue;
            answered |= type == SlaEventType.StaffReply || happened.Status?.IsDone() == true;
            // Writers take their instant before they queue on the ticket, so one may carry an earlier instant than the one before it; the sequence is the truth.
            at = happened.At > at ? happened.At : at;
            events.Add(new SlaEvent(at, type, happened.Status, happened.Priority));
        }
        return SlaLedger.Clocks(terms, TicketPriority.Medium, events, now > at ? now : at);
    }

    /// <summary>What an event of a ticket is to its clocks; null when it moves none.</summary>
    private static SlaEventType? TypeOf(TicketEventType type) => type switch
    {
        TicketEventType.Created => SlaEventType.Created,
        TicketEventType.CustomerComment => SlaEventType.CustomerComment,
        // What was withdrawn needs no reply any more.
        TicketEventType.StaffReply or TicketEventType.Withdrawn => SlaEventType.StaffReply,
        TicketEventType.StatusChanged => SlaEventType.StatusChanged,
        TicketEventType.PriorityChanged => SlaEventType.PriorityChanged,
        _ => null,
    };
}
