using Microsoft.Extensions.Logging;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Bulk;

/// <summary>
/// One change to many tickets of many tenants. Each ticket is a change of its own, made in its tenant's scope under the caller's name and
/// audited there: one that cannot be changed keeps none of the others from it.
/// </summary>
public sealed class BulkService(StaffAccess access, UnitOfWork unit, Caller caller, ILogger<BulkService> log)
{
    /// <summary>How many tickets at once.</summary>
    public const int Most = 100;

    // Whoever writes on the ticket in between makes the version old, not the wish.
    private const int MostAttempts = 5;

    /// <param name="progress">Called after each ticket with how many are done.</param>
    /// <returns>One outcome per target, in the order given. Errors: forbidden, more than <see cref="Most"/>.</returns>
    public Task<Result<IReadOnlyList<BulkOutcome>>> RunAsync(IReadOnlyList<BulkTarget> targets, BulkChange change, Func<int, Task> progress, CancellationToken ct) =>
        EachAsync(targets, (scope, target) => ChangeAsync(scope.Tickets, target, change, ct), progress, ct);

    /// <summary>Takes changes back, except on tickets that somebody has changed since.</summary>
    /// <param name="made">What <see cref="RunAsync"/> answered.</param>
    public Task<Result<IReadOnlyList<BulkOutcome>>> UndoAsync(IReadOnlyList<BulkOutcome> made, Func<int, Task> progress, CancellationToken ct)
    {
        var changed = made.Where(o => o.IsChanged).ToDictionary(o => o.Target);
        return EachAsync([.. changed.Keys], async (scope, target) =>
        {
            var (undo, before) = (changed[target].Undo!, changed[target].Before);
            var undone = await scope.Tickets.TakeBackAsync(target.TicketId, undo, undo.Status is null ? null : before, changed[target].Version, ct);
            return undone.IsSuccess ? new BulkOutcome(target, null, null, undone.Value.Version) : Failed(target, undone.Error);
        }, progress, ct);
    }

    private async Task<Result<IReadOnlyList<BulkOutcome>>> EachAsync(IReadOnlyList<BulkTarget> targets, Func<StaffScope, BulkTarget, Task<BulkOutcome>> work, Func<int, Task> progress, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return await unit.RefuseAsync(SupportPermissions.Work, "ticket.updated", refusal: null, ct);
        if (targets.Count > Most)
            return Error.Invalid("tickets", $"Choose up to {Most} tickets at once.");
        Dictionary<BulkTarget, BulkOutcome> outcomes = [];
        foreach (var tenant in targets.GroupBy(t => t.TenantSlug))
        {
            foreach (var target in tenant)
            {
                outcomes[target] = await InScopeAsync(target, work, ct);
                await progress(outcomes.Count);
            }
        }
        return Result<IReadOnlyList<BulkOutcome>>.Success([.. targets.Select(t => outcomes[t])]);
    }

    // Entered anew for each, so that a suspension or a withdrawn right is noticed between two tickets.
    private async Task<BulkOutcome> InScopeAsync(BulkTarget target, Func<StaffScope, BulkTarget, Task<BulkOutcome>> work, CancellationToken ct)
    {
        try
        {
            var entered = await access.EnterAsync(target.TenantSlug, ct);
            if (!entered.IsSuccess)
                return Failed(target, entered.Error);
            await using var scope = entered.Value;
            return await work(scope, target);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            // What was done to the others must be told, and can be taken back, whatever happens to one.
            SupportLog.BulkChangeFailed(log, failure, target.TicketId);
            return Failed(target, SupportErrors.NotChanged);
        }
    }

    private static async Task<BulkOutcome> ChangeAsync(TicketService tickets, BulkTarget target, BulkChange change, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var read = await tickets.GetAsync(target.TicketId, ct);
            if (!read.IsSuccess)
                return Failed(target, read.Error);
            var (edit, undo) = Edits(read.Value, change);
            if (edit == new EditTicket())
                return new BulkOutcome(target, null, null, read.Value.Version);
            var edited = await tickets.EditAsync(target.TicketId, edit, read.Value.Version, ct);
            if (edited.IsSuccess)
                return new BulkOutcome(target, null, undo, edited.Value.Version) { Before = read.Value.State };
            if (edited.Error is not { Kind: ErrorKind.Stale } || attempt == MostAttempts)
                return Failed(target, edited.Error);
        }
    }

    private static (EditTicket Edit, EditTicket Undo) Edits(TicketView ticket, BulkChange change)
    {
        var (edit, undo) = (new EditTicket(), new EditTicket());
        if (change.AssigneeId is { } assignee && assignee != (ticket.Assignee?.Id ?? Guid.Empty))
            (edit, undo) = (edit with { AssigneeId = assignee }, undo with { AssigneeId = ticket.Assignee?.Id ?? Guid.Empty });
        if (change.TeamId is { } team && team != (ticket.Team?.Id ?? Guid.Empty))
            (edit, undo) = (edit with { TeamId = team }, undo with { TeamId = ticket.Team?.Id ?? Guid.Empty });
        if (change.Priority is { } priority && priority != ticket.Priority)
            (edit, undo) = (edit with { Priority = priority }, undo with { Priority = ticket.Priority });
        if (change.Status is { } status && status != ticket.Status)
            (edit, undo) = (edit with { Status = status }, undo with { Status = ticket.Status });
        IReadOnlyList<string> tags = [.. ticket.Tags.Union(change.AddTags).Except(change.RemoveTags)];
        if (!tags.SequenceEqual(ticket.Tags))
            (edit, undo) = (edit with { Tags = tags }, undo with { Tags = ticket.Tags });
        return (edit, undo);
    }

    private static BulkOutcome Failed(BulkTarget target, Error error) => new(target, error, null, 0);
}
