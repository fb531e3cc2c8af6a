using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Relations;

/// <summary>
/// What tickets of this scope's tenant are to each other. Reading is for all who read tickets; merging, linking and splitting are for
/// staff. Each change is one transaction over all tickets it touches, which are locked in the order of their ids.
/// </summary>
public sealed class TicketRelations(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, TicketNumbers numbers, TicketClocks clocks)
{
    /// <summary>The tickets that belong to this one, merged ones first, then by number.</summary>
    public async Task<Result<IReadOnlyList<RelatedTicket>>> ListAsync(Guid id, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        if (await db.Tickets.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) is not { } ticket)
            return SupportErrors.TicketNotFound;
        var links = await db.TicketLinks.AsNoTracking().Where(l => l.TicketId == id || l.OtherId == id).ToListAsync(ct);
        var ends = links.Select(l => l.TicketId == id ? l.OtherId : l.TicketId).ToList();
        var others = await db.Tickets.AsNoTracking().Where(t => ends.Contains(t.Id) || t.MergedIntoId == id || t.Id == ticket.MergedIntoId).ToListAsync(ct);
        List<RelatedTicket> related = [];
        foreach (var other in others)
        {
            if (other.Id == ticket.MergedIntoId)
                related.Add(new(TicketRelation.MergedInto, other.ToView(), null));
            if (other.MergedIntoId == id)
                related.Add(new(TicketRelation.MergedFrom, other.ToView(), null));
            related.AddRange(links.Where(l => l.TicketId == other.Id || l.OtherId == other.Id).Select(l => new RelatedTicket(Relation(l, id), other.ToView(), l.Kind == TicketLinkKind.Related ? l.Id : null)));
        }
        return Result<IReadOnlyList<RelatedTicket>>.Success([.. related.OrderBy(r => r.Relation is TicketRelation.MergedInto or TicketRelation.MergedFrom ? 0 : 1).ThenBy(r => r.Ticket.CreatedAt)]);
    }

    /// <summary>
    /// Merges a ticket into another one of the tenant. The first is closed and stays as a stub that names the other; what was written on it
    /// is read in the other's timeline. If it waited for us and the other did not, the other waits now. Errors: the same ticket, one that is
    /// closed, or merged already.
    /// </summary>
    /// <param name="into">The number of the ticket that carries on.</param>
    /// <returns>The ticket that carries on.</returns>
    public Task<Result<TicketView>> MergeAsync(Guid id, string into, CancellationToken ct) => unit.ChangeAsync<TicketView>(SupportPermissions.Work, "ticket.merged", async (change, ct) =>
    {
        if (await PairAsync(change.Db, id, into, ct) is not (var source, { } target))
            return TargetNotFound("into", into);
        if (source is null)
            return SupportErrors.TicketNotFound;
        var wasResolved = target.IsDone;
        if (source.MergeInto(target, change.Actor, change.At) is { IsSuccess: false } refused)
            return refused.Error;
        await RecordAsync(change, source, "ticket.merged", new { source.Number, Into = target.Number }, ct);
        return await RecordAsync(change, target, "ticket.absorbed", new { target.Number, From = source.Number }, ct, wasResolved);
    }, ct);

    /// <summary>
    /// Takes a merge back: the ticket stands as it did before and has its messages for itself, and the other one no longer waits for them.
    /// Possible as long as a ticket can be reopened.
    /// </summary>
    /// <returns>The ticket that is on its own again.</returns>
    public Task<Result<TicketView>> UnmergeAsync(Guid id, CancellationToken ct) => unit.ChangeAsync<TicketView>(SupportPermissions.Work, "ticket.unmerged", async (change, ct) =>
    {
        var target = await change.Db.Tickets.AsNoTracking().Where(t => t.Id == id).Select(t => t.MergedIntoNumber).SingleOrDefaultAsync(ct);
        var (source, other) = await PairAsync(change.Db, id, target ?? "", ct);
        if (source is null)
            return SupportErrors.TicketNotFound;
        var otherWasResolved = other?.IsDone;
        if (source.Unmerge(await HistoryAsync(change.Db, source, ct), other is null ? null : (other, await HistoryAsync(change.Db, other, ct)), change.Actor, change.At) is { IsSuccess: false } refused)
            return refused.Error;
        if (other is not null)
            await RecordAsync(change, other, "ticket.unmerged", new { other.Number, From = source.Number }, ct, otherWasResolved);
        return await RecordAsync(change, source, "ticket.unmerged", new { source.Number }, ct, wasResolved: true);
    }, ct);

    /// <summary>Says that two tickets are about the same thing. Linking what is linked changes nothing.</summary>
    public Task<Result<TicketView>> LinkAsync(Guid id, string number, CancellationToken ct) => unit.ChangeAsync<TicketView>(SupportPermissions.Work, "ticket.linked", async (change, ct) =>
    {
        if (await PairAsync(change.Db, id, number, ct) is not (var ticket, { } other))
            return TargetNotFound("number", number);
        if (ticket is null)
            return SupportErrors.TicketNotFound;
        if (ticket.Id == other.Id)
            return Error.Invalid("number", "A ticket cannot be linked to itself.");
        var (first, second) = ticket.Id.CompareTo(other.Id) < 0 ? (ticket.Id, other.Id) : (other.Id, ticket.Id);
        if (await change.Db.TicketLinks.AnyAsync(l => l.TicketId == first && l.OtherId == second && l.Kind == TicketLinkKind.Related, ct))
            return ticket.ToView();
        change.Db.TicketLinks.Add(new TicketLink { Id = Guid.CreateVersion7(change.At), TicketId = first, OtherId = second, Kind = TicketLinkKind.Related, CreatedAt = change.At });
        ticket.Relate(TicketEventType.Linked, other.Number, change.Actor, change.At);
        other.Relate(TicketEventType.Linked, ticket.Number, change.Actor, change.At);
        await RecordAsync(change, other, "ticket.linked", new { other.Number, To = ticket.Number }, ct);
        return await RecordAsync(change, ticket, "ticket.linked", new { ticket.Number, To = other.Number }, ct);
    }, ct);

    /// <summary>Takes a link away, on both sides.</summary>
    /// <param name="linkId">From <see cref="RelatedTicket.LinkId"/>.</param>
    /// <returns>The number of the ticket that was linked, so that it can be linked again.</returns>
    public Task<Result<string>> UnlinkAsync(Guid id, Guid linkId, CancellationToken ct) => unit.ChangeAsync<string>(SupportPermissions.Work, "ticket.unlinked", async (change, ct) =>
    {
        if (await change.Db.TicketLinks.SingleOrDefaultAsync(l => l.Id == linkId && (l.TicketId == id || l.OtherId == id) && l.Kind == TicketLinkKind.Related, ct) is not { } link)
            return Error.NotFound("link");
        var both = await TicketChanges.LockAllAsync(change.Db, [link.TicketId, link.OtherId], ct);
        var (ticket, other) = (both.Single(t => t.Id == id), both.Single(t => t.Id != id));
        change.Db.TicketLinks.Remove(link);
        ticket.Relate(TicketEventType.Unlinked, other.Number, change.Actor, change.At);
        other.Relate(TicketEventType.Unlinked, ticket.Number, change.Actor, change.At);
        await RecordAsync(change, other, "ticket.unlinked", new { other.Number, From = ticket.Number }, ct);
        await RecordAsync(change, ticket, "ticket.unlinked", new { ticket.Number, From = other.Number }, ct);
        return other.Number;
    }, ct);

    /// <summary>
    /// Makes a ticket of its own from one message of another, for its author when that is a customer, else for the requester. The message stays
    /// where it is; both tickets name each other. Not counted against the plan: it was one ticket to the customer.
    /// </summary>
    /// <param name="messageId">A comment of the ticket, also of one merged into it; the id of one merged into it for that one's description; null for the ticket's own.</param>
    /// <param name="subject">The new ticket's subject.</param>
    public async Task<Result<TicketView>> SplitAsync(Guid id, Guid? messageId, string? subject, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var line = TicketRules.Subject(subject, errors)!;
        if (errors.Count > 0)
            return Error.Invalid(errors);
        var number = caller.Can(SupportPermissions.Work) ? await numbers.NextAsync(ct) : "";
        return await unit.ChangeAsync<TicketView>(SupportPermissions.Work, "ticket.split", async (change, ct) =>
        {
            if (await TicketChanges.LockAsync(change.Db, id, ct) is not { } origin)
                return SupportErrors.TicketNotFound;
            var from = (Text: origin.Description, Author: new PersonRef(origin.RequesterId, origin.RequesterName));
            if (messageId is { } wanted)
            {
                var all = await TicketChanges.WithMergedAsync(change.Db, id, ct);
                if (all.Contains(wanted))
                {
                    var opening = await change.Db.Tickets.AsNoTracking().SingleAsync(t => t.Id == wanted, ct);
                    from = (opening.Description, new PersonRef(opening.RequesterId, opening.RequesterName));
                }
                else if (await change.Db.TicketComments.AsNoTracking().SingleOrDefaultAsync(c => c.Id == wanted && all.Contains(c.TicketId), ct) is not { } message)
                    return Error.NotFound("comment");
                else
                    from = (message.Body, message.AuthorKind == ActorKind.Customer && message.AuthorTenantId == tenant.Tenant.Id ? new PersonRef(message.AuthorId, message.AuthorName) : from.Author);
            }
            var ticket = Ticket.Split(origin, number, line, from.Text, from.Author, change.Actor, change.At);
            change.Db.Tickets.Add(ticket);
            change.Db.TicketLinks.Add(new TicketLink { Id = Guid.CreateVersion7(change.At), TicketId = ticket.Id, OtherId = origin.Id, Kind = TicketLinkKind.Split, CreatedAt = change.At });
            await RecordAsync(change, origin, "ticket.split", new { origin.Number, Into = ticket.Number }, ct);
            await TicketChanges.SaveAsync(change, ticket, clocks, ct);
            return TicketChanges.Recorded(change, ticket, SupportEvents.Created, new { ticket.Number, ticket.Priority, ticket.Category, From = origin.Number });
        }, ct);
    }

    private static TicketRelation Relation(TicketLink link, Guid reader) => link.Kind switch
    {
        TicketLinkKind.Related => TicketRelation.Related,
        _ => link.TicketId == reader ? TicketRelation.SplitFrom : TicketRelation.SplitInto,
    };

    private static Error TargetNotFound(string field, string number) =>
        Error.Invalid(field, number.Trim().Length == 0 ? "Name the other ticket by its number." : $"This organisation has no ticket {TicketChanges.Shorten(number)}.");

    // Both in the order of their ids, so that two who do it the other way round at once wait for each other instead of failing.
    private static async Task<(Ticket? Ticket, Ticket? Other)> PairAsync(SecureBaseDb db, Guid id, string number, CancellationToken ct)
    {
        var upper = number.Trim().ToUpperInvariant();
        var otherId = !TicketRules.IsStorable(upper) ? null : await db.Tickets.Where(t => t.Number == upper).Select(t => (Guid?)t.Id).SingleOrDefaultAsync(ct);
        var locked = await TicketChanges.LockAllAsync(db, otherId is { } other ? [id, other] : [id], ct);
        return (locked.FirstOrDefault(t => t.Id == id), locked.FirstOrDefault(t => t.Id == otherId));
    }

    private static Task<List<TicketEvent>> HistoryAsync(SecureBaseDb db, Ticket ticket, CancellationToken ct) =>
        db.TicketEvents.AsNoTracking().Where(e => e.TicketId == ticket.Id).OrderBy(e => e.Sequence).ToListAsync(ct);

    // A resolution taken back is told with the ticket as its clocks have left it.
    private async Task<TicketView> RecordAsync(Change change, Ticket ticket, string action, object details, CancellationToken ct, bool? wasResolved = null)
    {
        await TicketChanges.SaveAsync(change, ticket, clocks, ct);
        if (wasResolved is { } before)
            TicketChanges.EmitResolution(change, ticket, before);
        var view = ticket.ToView();
        change.Audit(action, SupportEvents.Ticket, ticket.Id, details);
        change.Emit(SupportEvents.Updated, SupportEvents.Ticket, ticket.Id, ticket.Version, view);
        return view;
    }
}
