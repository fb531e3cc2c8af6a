using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Demo;

/// <summary>
/// One tenant's support desk in the past: each planned act is done by its person, through the product's own services, at
/// its own instant. Not for concurrent use.
/// </summary>
internal sealed class DemoDesk(IServiceScopeFactory scopes, TenantInfo tenant, IReadOnlyDictionary<string, Actor> people) : IAsyncDisposable
{
    private readonly SettableClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly Dictionary<Actor, Seat> _seats = [];

    /// <summary>Opens the ticket as its requester.</summary>
    /// <returns>Its id.</returns>
    public async Task<Result<Guid>> OpenAsync(PlannedTicket ticket, CancellationToken ct)
    {
        _clock.Now = ticket.OpenedAt;
        var opened = await SeatOf(ticket.Requester).Tickets.OpenAsync(new OpenTicket
        {
            Subject = ticket.Subject, Description = ticket.Description, Priority = ticket.Priority, Category = ticket.Category, Tags = ticket.Tags,
        }, ct);
        return opened.Map(t => t.Id);
    }

    /// <returns>Null when it was done.</returns>
    public async Task<Error?> DoAsync(Guid ticketId, PlannedAct act, CancellationToken ct)
    {
        _clock.Now = act.At;
        var seat = SeatOf(act.By);
        if (seat.Actor.Kind == ActorKind.Agent)
            await StaffAccess.RecordAsync(seat.Unit, seat.Contexts, SupportPermissions.Work, seat.Actor, act.At, StaffAccess.Entered, ct);
        return act switch
        {
            PlannedAct.Comment comment => (await seat.Tickets.CommentAsync(ticketId, new AddComment { Body = comment.Body, Status = comment.Status }, ct)).Error,
            PlannedAct.Note note => (await seat.Tickets.NoteAsync(ticketId, note.Body, ct)).Error,
            PlannedAct.Assign assign => await EditAsync(new EditTicket { AssigneeId = people[assign.Assignee.Email].PersonId }),
            PlannedAct.SetPriority set => await EditAsync(new EditTicket { Priority = set.Priority }),
            PlannedAct.SetStatus set => await EditAsync(new EditTicket { Status = set.Status }),
            PlannedAct.Rate rate => (await seat.Tickets.RateAsync(ticketId, new RateTicket { Score = rate.Score, Comment = rate.Words }, ct)).Error,
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "Unknown act"),
        };

        async Task<Error?> EditAsync(EditTicket edit) => (await seat.Tickets.EditAsync(ticketId, edit, expectedVersion: null, ct)).Error;
    }

    /// <summary>The tickets this tenant has from before an instant, and which notes they carry.</summary>
    public async Task<WrittenHistory> ReadAsync(DateTimeOffset before, CancellationToken ct)
    {
        var seat = SeatOf(DemoOrganisations.Operator.People[0]);
        await using var db = await seat.Contexts.CreateDbContextAsync(ct);
        var tickets = await db.Tickets.Where(t => t.CreatedAt <= before).Select(t => new { t.Id, t.CreatedAt, t.Subject, t.UpdatedAt }).ToListAsync(ct);
        var written = new WrittenHistory();
        foreach (var ticket in tickets)
            written.Add(ticket.Id, ticket.CreatedAt, ticket.Subject, ticket.UpdatedAt);
        if (tickets.Count == 0)
            return written;
        // The tenant's own role cannot read notes.
        await using var staff = await seat.Services.GetRequiredService<IDbContextFactory<StaffDb>>().CreateDbContextAsync(ct);
        foreach (var note in await staff.InternalNotes.Where(n => n.TenantId == tenant.Id).Select(n => new { n.TicketId, n.CreatedAt }).ToListAsync(ct))
            written.AddNote(note.TicketId, note.CreatedAt);
        return written;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var seat in _seats.Values)
            await seat.Scope.DisposeAsync();
    }

    private Seat SeatOf(DemoPerson? person)
    {
        var actor = person is null ? SystemActor.Instance : people[person.Email];
        if (_seats.TryGetValue(actor, out var seat))
            return seat;
        var scope = scopes.EnterSilently(tenant, actor);
        var unit = scope.ServiceProvider.UnitOfWorkAt(_clock);
        return _seats[actor] = new Seat(scope, actor, unit, ActivatorUtilities.CreateInstance<TicketService>(scope.ServiceProvider, unit));
    }

    private sealed record Seat(AsyncServiceScope Scope, Actor Actor, UnitOfWork Unit, TicketService Tickets)
    {
        public IServiceProvider Services => Scope.ServiceProvider;
        public IDbContextFactory<SecureBaseDb> Contexts => Services.GetRequiredService<IDbContextFactory<SecureBaseDb>>();
    }
}

/// <summary>What an earlier, interrupted run has already written.</summary>
internal sealed class WrittenHistory
{
    private readonly Dictionary<(DateTimeOffset OpenedAt, string Subject), (Guid Id, DateTimeOffset UpdatedAt)> _tickets = [];
    private readonly HashSet<(Guid TicketId, DateTimeOffset At)> _notes = [];

    public Guid? Find(PlannedTicket ticket) => _tickets.TryGetValue((ticket.OpenedAt, ticket.Subject), out var found) ? found.Id : null;

    /// <summary>Every act but a note moves its ticket's time of change to its own instant.</summary>
    public bool Has(PlannedTicket ticket, PlannedAct act) =>
        _tickets.TryGetValue((ticket.OpenedAt, ticket.Subject), out var found)
        && (act is PlannedAct.Note ? _notes.Contains((found.Id, act.At)) : act.At <= found.UpdatedAt);

    internal void Add(Guid id, DateTimeOffset openedAt, string subject, DateTimeOffset updatedAt) => _tickets[(openedAt, subject)] = (id, updatedAt);

    internal void AddNote(Guid ticketId, DateTimeOffset at) => _notes.Add((ticketId, at));
}
