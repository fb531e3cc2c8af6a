using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <content>What tickets become to each other: split, merged, on their own again.</content>
public sealed partial class Ticket
{
    /// <summary>A ticket of its own from a message of another, which goes on as before. Priority, category, tags, assignee and team are the other's.</summary>
    public static Ticket Split(Ticket origin, string number, string subject, string description, PersonRef requester, Actor by, DateTimeOffset at)
    {
        var ticket = New(origin.TenantId, number, subject, description, origin.Priority, origin.Category, origin.Tags, requester, at);
        (ticket.AssigneeId, ticket.AssigneeName) = (origin.AssigneeId, origin.AssigneeName);
        (ticket.TeamId, ticket.TeamName) = (origin.TeamId, origin.TeamName);
        ticket.Record(TicketEventType.Created, by, at, status: TicketStatus.Open, priority: origin.Priority);
        ticket.Record(TicketEventType.Split, by, at, related: origin.Number);
        origin.Record(TicketEventType.Split, by, at, related: number);
        return ticket;
    }

    /// <summary>
    /// Closes this ticket in favour of another, which takes over what nobody has answered: if this one waits for us and the other does not,
    /// the other's clocks see a customer's message at this instant.
    /// </summary>
    public Result<Done> MergeInto(Ticket target, Actor by, DateTimeOffset at)
    {
        if (target.Id == Id)
            return Error.Invalid("into", "A ticket cannot be merged into itself.");
        foreach (var ticket in new[] { this, target })
        {
            if (ticket.MergedIntoNumber is { } into)
                return SupportErrors.TicketMerged(ticket.Number, into);
            if (ticket.Status == TicketStatus.Closed)
                return SupportErrors.TicketClosed(ticket.Number);
        }
        var unanswered = WaitingSince is not null;
        (MergedIntoId, MergedIntoNumber) = (target.Id, target.Number);
        Record(TicketEventType.Merged, by, at, related: target.Number);
        MoveTo(TicketStatus.Closed, by, at);
        target.Record(TicketEventType.Absorbed, by, at, related: Number);
        if (unanswered && target.WaitingSince is null)
            target.Await(by, at);
        return Done.Value;
    }

    /// <summary>
    /// Puts a merged ticket on its own again, as it stood before the merge. The ticket that carried on no longer waits for the message that
    /// the merge had brought it, unless somebody wrote there since.
    /// </summary>
    /// <param name="history">This ticket's events, in their order.</param>
    /// <param name="target">The ticket it was merged into, with its events; null when that is gone.</param>
    internal Result<Done> Unmerge(IReadOnlyList<TicketEvent> history, (Ticket Ticket, IReadOnlyList<TicketEvent> History)? target, Actor by, DateTimeOffset at)
    {
        if (MergedIntoNumber is not { } into)
            return SupportErrors.TicketNotMerged(Number);
        if (ResolvedAt is { } resolved && at > resolved + ReopenWindow)
            return SupportErrors.ReopenWindowPassed(Number, resolved + ReopenWindow);
        (MergedIntoId, MergedIntoNumber) = (null, null);
        Record(TicketEventType.Unmerged, by, at, related: into);
        Restore(TicketState.Before(history.Last(e => e.Type == TicketEventType.Merged), history), by, at);
        target?.Ticket.Release(this, target.Value.History, by, at);
        return Done.Value;
    }

    /// <summary>Records what another ticket is to this one.</summary>
    public void Relate(TicketEventType how, string number, Actor by, DateTimeOffset at) => Record(how, by, at, related: number);

    // The merged ticket goes, and with it what only it had brought here: the wait for its message and the status that message changed.
    private void Release(Ticket merged, IReadOnlyList<TicketEvent> history, Actor by, DateTimeOffset at)
    {
        Record(TicketEventType.Unmerged, by, at, related: merged.Number);
        var absorbed = history.Last(e => e.Type == TicketEventType.Absorbed && e.RelatedNumber == merged.Number);
        var since = history.SkipWhile(e => e.Sequence <= absorbed.Sequence).ToList();
        var broughtWait = since.FirstOrDefault() is { Type: TicketEventType.CustomerComment } first && first.At == absorbed.At;
        if (!broughtWait || since.Skip(1).Any(e => e.Type is TicketEventType.CustomerComment or TicketEventType.StaffReply or TicketEventType.Absorbed))
            return;
        if (WaitingSince is not null)
            Withdraw(by, at);
        if (since.Where(e => e.Type == TicketEventType.StatusChanged).ToList() is [var reopened] && reopened.At == absorbed.At)
            Restore(TicketState.Before(absorbed, history), by, at);
    }

    private void Withdraw(Actor by, DateTimeOffset at)
    {
        WaitingSince = null;
        Record(TicketEventType.Withdrawn, by, at);
    }
}
