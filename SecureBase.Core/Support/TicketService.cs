using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>
/// What one can do with the tickets of this scope's tenant. Customers and staff use the same service: staff enter the
/// tenant's scope as named actors, and what each may do is decided by <see cref="SupportPermissions"/>.
/// </summary>
public sealed class TicketService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, TicketNumbers numbers, StaffDirectory staff, TicketQuota quota, TicketClocks clocks)
{
    /// <summary>Opens a ticket. Errors: invalid fields, forbidden, quota of the month used up (never for critical or security tickets).</summary>
    public async Task<Result<TicketView>> OpenAsync(OpenTicket request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var subject = TicketRules.Subject(request.Subject, errors)!;
        var description = TicketRules.Description(request.Description, errors);
        var tags = TicketRules.Tags(request.Tags, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        var priority = request.Priority ?? TicketPriority.Medium;
        var category = request.Category ?? TicketCategory.General;
        var number = caller.Can(SupportPermissions.Create) ? await numbers.NextAsync(ct) : "";

        return await unit.ChangeAsync<TicketView>(SupportPermissions.Create, "ticket.created", async (change, ct) =>
        {
            if (await quota.RefusesAsync(change, priority, category, ct) is { } refused)
                return refused;
            var ticket = Ticket.Open(tenant.Tenant.Id, number, subject, description, priority, category, tags, change.Actor, change.At);
            if (await change.AttachAsync(request.Attachments, ticket.Id, null, ct) is { } withoutFiles)
                return withoutFiles;
            change.Db.Tickets.Add(ticket);
            await TicketChanges.SaveAsync(change, ticket, clocks, ct);
            return TicketChanges.Recorded(change, ticket, SupportEvents.Created, new { ticket.Number, ticket.Priority, ticket.Category });
        }, ct);
    }

    /// <summary>One ticket; not found when it is another tenant's or nobody's.</summary>
    public Task<Result<TicketView>> GetAsync(Guid id, CancellationToken ct) => ReadAsync(t => t.Id == id, ct);

    /// <summary>One ticket by its number, case-insensitive.</summary>
    public Task<Result<TicketView>> FindAsync(string number, CancellationToken ct)
    {
        var upper = number.ToUpperInvariant();
        return ReadAsync(t => t.Number == upper, ct);
    }

    public async Task<Result<Page<TicketView>>> ListAsync(TicketQuery query, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        if (TicketSearch.Validate(query) is { } invalid)
            return invalid;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var matching = db.Tickets.AsNoTracking().Where(query, caller.Actor.PersonId);
        if (query.PageNumber is { } number)
        {
            var total = await matching.CountAsync(ct);
            var rows = await matching.Order(query).Skip((number - 1) * query.Limit).Take(query.Limit).ToListAsync(ct);
            return new Page<TicketView>([.. rows.Select(t => t.ToView())], null) { Total = total };
        }
        var page = await matching.After(query.Cursor).Order(query).Take(query.Limit + 1).ToListAsync(ct);
        var next = page.Count > query.Limit && query.Sort == TicketSort.Created ? new Cursor(page[query.Limit - 1].CreatedAt, page[query.Limit - 1].Id).ToString() : null;
        return new Page<TicketView>([.. page.Take(query.Limit).Select(t => t.ToView())], next);
    }

    /// <summary>How many tickets each tab of the list holds.</summary>
    /// <param name="recentSince">What the tab "recent" means.</param>
    public async Task<Result<TicketCounts>> CountAsync(DateTimeOffset recentSince, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        var me = caller.Actor.PersonId;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var counts = await db.Tickets.GroupBy(_ => 1).Select(g => new TicketCounts(
            g.Count(t => t.UpdatedAt >= recentSince),
            g.Count(t => t.Status != TicketStatus.Resolved && t.Status != TicketStatus.Closed),
            g.Count(t => t.Status == TicketStatus.WaitingCustomer),
            g.Count(t => t.RequesterId == me && t.Status != TicketStatus.Closed),
            g.Count(t => t.Status == TicketStatus.Resolved),
            g.Count(t => t.Status == TicketStatus.Closed),
            g.Count())).SingleOrDefaultAsync(ct);
        return counts ?? new TicketCounts(0, 0, 0, 0, 0, 0, 0);
    }

    /// <summary>Everybody who works on a ticket of this tenant, by name. Customers have no directory of the staff: these are whom they have met.</summary>
    public async Task<Result<IReadOnlyList<PersonRef>>> AssigneesAsync(CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var assignees = await db.Tickets.Where(t => t.AssigneeId != null).GroupBy(t => t.AssigneeId!.Value).Select(g => new { Id = g.Key, Name = g.Max(t => t.AssigneeName)! }).ToListAsync(ct);
        return Result<IReadOnlyList<PersonRef>>.Success([.. assignees.Select(a => new PersonRef(a.Id, a.Name)).OrderBy(a => a.Name, StringComparer.CurrentCulture)]);
    }

    /// <summary>Comments, oldest first, by cursor.</summary>
    public async Task<Result<Page<CommentView>>> CommentsAsync(Guid id, int limit, string? cursor, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        if (TicketSearch.Validate(new TicketQuery { Limit = limit, Cursor = cursor }) is { } invalid)
            return invalid;
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!await db.Tickets.AnyAsync(t => t.Id == id, ct))
            return SupportErrors.TicketNotFound;
        var comments = db.TicketComments.AsNoTracking().Where(c => c.TicketId == id);
        if (Cursor.TryParse(cursor, out var from))
            comments = comments.Where(c => c.CreatedAt > from.At || (c.CreatedAt == from.At && c.Id.CompareTo(from.Id) > 0));
        var page = await comments.OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).Take(limit + 1).ToListAsync(ct);
        var next = page.Count > limit ? new Cursor(page[limit - 1].CreatedAt, page[limit - 1].Id).ToString() : null;
        return new Page<CommentView>([.. page.Take(limit).Select(c => c.ToView())], next);
    }

    /// <summary>One comment of a ticket.</summary>
    public async Task<Result<CommentView>> CommentAsync(Guid id, Guid commentId, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.TicketComments.AsNoTracking().SingleOrDefaultAsync(c => c.TicketId == id && c.Id == commentId, ct) is { } comment
            ? comment.ToView() : Error.NotFound("comment");
    }

    /// <summary>Comments and events as the customer may see them, oldest first, with what was written on tickets merged into it. Staff add notes from <see cref="StaffQueue.NotesAsync"/>.</summary>
    public async Task<Result<IReadOnlyList<TimelineEntry>>> TimelineAsync(Guid id, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var all = await TicketChanges.WithMergedAsync(db, id, ct);
        var comments = await db.TicketComments.AsNoTracking().Where(c => all.Contains(c.TicketId)).ToListAsync(ct);
        var events = await db.TicketEvents.AsNoTracking().Where(e => e.TicketId == id).ToListAsync(ct);
        var merged = all.Count > 1 ? await db.Tickets.AsNoTracking().Where(t => all.Contains(t.Id) && t.Id != id).ToListAsync(ct) : [];
        var attachments = await db.TicketAttachments.AsNoTracking().Include(a => a.File).Where(a => all.Contains(a.TicketId!.Value)).OrderBy(a => a.UploadedAt).ThenBy(a => a.Id).ToListAsync(ct);
        return events.Count == 0 ? SupportErrors.TicketNotFound : Result(Timeline.Of(comments, events, merged, attachments));
    }

    /// <summary>Adds a public message. On a resolved or waiting ticket a customer's message opens it; a closed one takes none.</summary>
    public async Task<Result<CommentedTicket>> CommentAsync(Guid id, AddComment request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var body = TicketRules.Comment(request.Body, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        if (request.Status is not null && !caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, "ticket.commented", SupportErrors.StaffOnly("status with a reply"), ct);

        return await unit.ChangeAsync<CommentedTicket>(SupportPermissions.Comment, "ticket.commented", async (change, ct) =>
        {
            if (await TicketChanges.LockAsync(change.Db, id, ct) is not { } ticket)
                return SupportErrors.TicketNotFound;
            var wasResolved = ticket.IsDone;
            if (ticket.Comment(change.Actor, body, request.Status, change.At) is var commented && !commented.IsSuccess)
                return commented.Error;
            if (await change.AttachAsync(request.Attachments, ticket.Id, commented.Value.Id, ct) is { } withoutFiles)
                return withoutFiles;
            change.Db.TicketComments.Add(commented.Value);
            await TicketChanges.SaveAsync(change, ticket, clocks, ct);
            var answer = new CommentedTicket(ticket.ToView(), commented.Value.ToView());
            change.Audit("ticket.commented", SupportEvents.Ticket, ticket.Id, new { ticket.Number, ticket.Status });
            change.Emit(SupportEvents.Commented, SupportEvents.Ticket, ticket.Id, ticket.Version, answer);
            TicketChanges.EmitResolution(change, ticket, wasResolved);
            return answer;
        }, ct);
    }

    /// <summary>Changes fields; what a customer may not change is refused by name. <paramref name="expectedVersion"/> null means "whatever it is now".</summary>
    public Task<Result<TicketView>> EditAsync(Guid id, EditTicket edit, int? expectedVersion, CancellationToken ct) =>
        EditAsync(id, edit, null, expectedVersion, ct);

    /// <summary>Takes a change by staff back, as long as nobody has changed the ticket since: it waits, and was resolved, since when it did before.</summary>
    /// <param name="undo">The fields as they were, but for the status.</param>
    /// <param name="before">What it stood at; null when the change did not touch the status.</param>
    /// <param name="version">The ticket's after the change.</param>
    internal Task<Result<TicketView>> TakeBackAsync(Guid id, EditTicket undo, TicketState? before, int version, CancellationToken ct) =>
        EditAsync(id, undo with { Status = null }, before, version, ct);

    private async Task<Result<TicketView>> EditAsync(Guid id, EditTicket edit, TicketState? restored, int? expectedVersion, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var subject = edit.Subject is null ? null : TicketRules.Subject(edit.Subject, errors);
        var description = edit.Description is null ? null : TicketRules.Description(edit.Description, errors);
        var tags = edit.Tags is null ? null : TicketRules.Tags(edit.Tags, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        if (!caller.Can(SupportPermissions.Work) && StaffOnlyField(edit) is { } field)
            return await unit.RefuseAsync(SupportPermissions.Work, "ticket.updated", SupportErrors.StaffOnly(field), ct);
        var assignee = edit.AssigneeId is { } wanted && wanted != Guid.Empty ? await staff.FindAsync(wanted, ct) : null;
        if (edit.AssigneeId is { } someone && someone != Guid.Empty && assignee is null)
            return SupportErrors.AssigneeNotStaff;
        var team = edit.TeamId is { } chosen && chosen != Guid.Empty ? await staff.FindTeamAsync(chosen, ct) : null;
        if (edit.TeamId is { } group && group != Guid.Empty && team is null)
            return SupportErrors.TeamUnknown;

        return await unit.ChangeAsync<TicketView>(restored is null ? Needed(edit) : SupportPermissions.Work, "ticket.updated", async (change, ct) =>
        {
            if (await TicketChanges.LockAsync(change.Db, id, ct) is not { } ticket)
                return SupportErrors.TicketNotFound;
            if (expectedVersion is { } expected && expected != ticket.Version)
                return Error.Stale("ticket");
            var wasResolved = ticket.IsDone;
            // A closed ticket takes changes once it is open; one that is being closed takes them before.
            var wasClosed = ticket.Status == TicketStatus.Closed;
            if (wasClosed && MoveOn(ticket, edit.Status, restored, change) is { } refused)
                return refused;
            if (ticket.Status == TicketStatus.Closed && edit != new EditTicket { Status = edit.Status })
                return SupportErrors.TicketClosed(ticket.Number);
            ticket.Edit(subject, description, edit.Category, tags, change.Actor, change.At);
            if (edit.Priority is { } priority)
                ticket.SetPriority(priority, change.Actor, change.At);
            if (edit.AssigneeId is not null)
                ticket.Assign(assignee, change.Actor, change.At);
            if (edit.TeamId is not null)
                ticket.GiveTo(team, change.Actor, change.At);
            if (!wasClosed && MoveOn(ticket, edit.Status, restored, change) is { } unmoved)
                return unmoved;
            if (ticket.NewEvents.Count == 0)
                return ticket.ToView();
            await TicketChanges.SaveAsync(change, ticket, clocks, ct);
            TicketChanges.EmitResolution(change, ticket, wasResolved);
            return TicketChanges.Recorded(change, ticket, SupportEvents.Updated, new { ticket.Number, Changed = ticket.NewEvents.Select(e => e.Type).ToArray(), ticket.Status });
        }, ct);
    }

    /// <summary>Says how the customer found the resolution of a resolved or closed ticket; said again, it replaces what was said.</summary>
    public async Task<Result<TicketView>> RateAsync(Guid id, RateTicket request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var (score, comment) = TicketRules.Rating(request, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        return await unit.ChangeAsync<TicketView>(SupportPermissions.Rate, "ticket.rated", async (change, ct) =>
        {
            if (await TicketChanges.LockAsync(change.Db, id, ct) is not { } ticket)
                return SupportErrors.TicketNotFound;
            if (ticket.Rate(score, comment, change.Actor, change.At) is { IsSuccess: false } refused)
                return refused.Error;
            await TicketChanges.SaveAsync(change, ticket, clocks, ct);
            change.Audit("ticket.rated", SupportEvents.Ticket, ticket.Id, new { ticket.Number, score });
            var view = ticket.ToView();
            change.Emit(SupportEvents.Updated, SupportEvents.Ticket, ticket.Id, ticket.Version, view);
            return view;
        }, ct);
    }

    public Task<Result<TicketView>> CloseAsync(Guid id, CancellationToken ct) => EditAsync(id, new EditTicket { Status = TicketStatus.Closed }, null, ct);

    public Task<Result<TicketView>> ReopenAsync(Guid id, CancellationToken ct) => EditAsync(id, new EditTicket { Status = TicketStatus.Open }, null, ct);

    /// <summary>Adds a message among staff; the customer learns nothing of it: no version, event, audit entry or signal of theirs changes.</summary>
    public async Task<Result<Guid>> NoteAsync(Guid id, string? text, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var body = TicketRules.Comment(text, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);
        return await unit.ChangeAsync<Guid>(SupportPermissions.Work, "ticket.noted", async (change, ct) =>
        {
            if (await change.Db.Tickets.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) is not { } ticket)
                return SupportErrors.TicketNotFound;
            var note = new InternalNote
            {
                Id = Guid.CreateVersion7(change.At), TicketId = id, AuthorId = change.Actor.PersonId, AuthorName = change.Actor.Name, Body = body, CreatedAt = change.At,
            };
            change.Db.InternalNotes.Add(note);
            change.Audit("ticket.noted", SupportEvents.Ticket, id, new { ticket.Number }, operatorOnly: true);
            change.Emit(SupportEvents.Noted, SupportEvents.Ticket, id, ticket.Version, data: null);
            return note.Id;
        }, ct);
    }

    private async Task<Result<TicketView>> ReadAsync(System.Linq.Expressions.Expression<Func<Ticket, bool>> which, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Read))
            return Error.Forbidden(SupportPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Tickets.AsNoTracking().SingleOrDefaultAsync(which, ct) is { } ticket ? ticket.ToView() : SupportErrors.TicketNotFound;
    }

    private Error? MoveOn(Ticket ticket, TicketStatus? status, TicketState? restored, Change change)
    {
        if (restored is not null)
            ticket.Restore(restored, change.Actor, change.At);
        return status is { } wanted ? ChangeStatus(ticket, wanted, change).Error : null;
    }

    private Result<Done> ChangeStatus(Ticket ticket, TicketStatus status, Change change)
    {
        if (caller.Can(SupportPermissions.Work))
            return ticket.SetStatus(status, change.Actor, change.At);
        if (status == TicketStatus.Closed)
            return ticket.Close(change.Actor, change.At);
        return ticket.Reopen(change.Actor, change.At);
    }

    private static Permission Needed(EditTicket edit) => edit.Status switch
    {
        TicketStatus.Closed => SupportPermissions.Close,
        TicketStatus.Open => SupportPermissions.Reopen,
        null => SupportPermissions.Edit,
        _ => SupportPermissions.Work,
    };

    private static string? StaffOnlyField(EditTicket edit) =>
        edit.Priority is not null ? "priority"
        : edit.AssigneeId is not null ? "assignee_id"
        : edit.TeamId is not null ? "team_id"
        : edit.Tags is not null ? "tags"
        : edit.Status is not (null or TicketStatus.Open or TicketStatus.Closed) ? "status"
        : null;

    private static Result<IReadOnlyList<TimelineEntry>> Result(IReadOnlyList<TimelineEntry> entries) => Kernel.Result<IReadOnlyList<TimelineEntry>>.Success(entries);
}
