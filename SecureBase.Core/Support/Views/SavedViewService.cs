using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Views;

/// <summary>A view as its readers see it.</summary>
/// <param name="Filter">The queue's query string, without the question mark.</param>
/// <param name="IsMine">Whether the reader made it.</param>
public sealed record SavedViewSummary(Guid Id, string Name, string Filter, bool IsShared, bool IsMine, string OwnerName, int Version);

/// <summary>What a view is to be.</summary>
/// <param name="Name">1–60 characters on one line.</param>
/// <param name="Filter">The queue's query string, up to 1,000 characters.</param>
/// <param name="IsShared">Seen by all staff; for leads.</param>
public sealed record SaveView(string? Name, string Filter, bool IsShared);

/// <summary>Views of the queue that staff keep: their own, and those leads share with everyone. Works in the operator's tenant.</summary>
public sealed class SavedViewService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, Caller caller)
{
    public const int NameMax = 60;
    public const int FilterMax = 1_000;
    /// <summary>How many one person keeps, shared ones included.</summary>
    public const int Most = 20;

    /// <summary>Subject kind of views, in audit and live signals.</summary>
    public const string Kind = "saved_view";

    /// <summary>Refreshes the queue's pages; never delivered.</summary>
    public const string Changed = "internal.view_changed";

    /// <summary>Own views and shared ones, by name.</summary>
    public async Task<Result<IReadOnlyList<SavedViewSummary>>> ListAsync(CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return Error.Forbidden(SupportPermissions.Work);
        var me = caller.Actor.PersonId;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var views = await db.SavedViews.AsNoTracking().Where(v => v.IsShared || v.OwnerId == me).ToListAsync(ct);
        return Result<IReadOnlyList<SavedViewSummary>>.Success([.. views.Select(v => v.ToSummary(me)).OrderBy(v => v.Name, StringComparer.CurrentCultureIgnoreCase)]);
    }

    /// <summary>Keeps a new view. Errors: name missing, too long or taken by a view of the same kind; too many; sharing is for leads.</summary>
    public async Task<Result<SavedViewSummary>> CreateAsync(SaveView request, CancellationToken ct)
    {
        if (Clean(request) is { IsSuccess: false } invalid)
            return invalid.Error;
        var clean = Clean(request).Value;
        return await unit.ChangeAsync<SavedViewSummary>(Needed(clean.IsShared), "saved_view.created", async (change, ct) =>
        {
            var me = change.Actor.PersonId;
            if (await change.Db.SavedViews.CountAsync(v => v.OwnerId == me, ct) >= Most)
                return new Error(ErrorKind.Conflict, "too_many_views", $"You keep {Most} views, the most there can be. Delete one first.");
            if (await IsTakenAsync(change.Db, clean, me, except: null, ct))
                return NameTaken(clean);
            var view = new SavedView(Guid.CreateVersion7(change.At), new PersonRef(me, change.Actor.Name), clean.Name!, clean.Filter, clean.IsShared, change.At);
            change.Db.SavedViews.Add(view);
            return Recorded(change, view, "saved_view.created");
        }, ct);
    }

    /// <summary>Renames a view, replaces its filters, shares it or takes it back. A shared one is changed by leads, an own one by its owner.</summary>
    public async Task<Result<SavedViewSummary>> ChangeAsync(Guid id, SaveView request, int expectedVersion, CancellationToken ct)
    {
        if (Clean(request) is { IsSuccess: false } invalid)
            return invalid.Error;
        var clean = Clean(request).Value;
        return await unit.ChangeAsync<SavedViewSummary>(Needed(clean.IsShared), "saved_view.changed", async (change, ct) =>
        {
            if (await FindAsync(change.Db, id, ct) is not { } view)
                return Error.NotFound("view");
            if (view.IsShared && !caller.Can(SupportPermissions.ShareViews))
                return Error.Forbidden(SupportPermissions.ShareViews);
            if (view.Version != expectedVersion)
                return Error.Stale("view");
            if (await IsTakenAsync(change.Db, clean, view.OwnerId, id, ct))
                return NameTaken(clean);
            view.Set(clean.Name!, clean.Filter, clean.IsShared, change.At);
            return Recorded(change, view, "saved_view.changed");
        }, ct);
    }

    /// <summary>Deletes a view; a shared one is deleted by leads.</summary>
    /// <returns>What it was, so that it can be created again.</returns>
    public async Task<Result<SaveView>> DeleteAsync(Guid id, CancellationToken ct) => await unit.ChangeAsync<SaveView>(SupportPermissions.Work, "saved_view.deleted", async (change, ct) =>
    {
        if (await FindAsync(change.Db, id, ct) is not { } view)
            return Error.NotFound("view");
        if (view.IsShared && !caller.Can(SupportPermissions.ShareViews))
            return Error.Forbidden(SupportPermissions.ShareViews);
        change.Db.SavedViews.Remove(view);
        Recorded(change, view, "saved_view.deleted");
        return new SaveView(view.Name, view.Filter, view.IsShared);
    }, ct);

    // Somebody else's own view does not exist for anyone.
    private Task<SavedView?> FindAsync(SecureBaseDb db, Guid id, CancellationToken ct)
    {
        var me = caller.Actor.PersonId;
        return db.SavedViews.SingleOrDefaultAsync(v => v.Id == id && (v.IsShared || v.OwnerId == me), ct);
    }

    private static Permission Needed(bool shared) => shared ? SupportPermissions.ShareViews : SupportPermissions.Work;

    private static Task<bool> IsTakenAsync(SecureBaseDb db, SaveView view, Guid owner, Guid? except, CancellationToken ct)
    {
        var pattern = LikePattern.Exactly(view.Name!);
        return db.SavedViews.AnyAsync(v => v.Id != except && v.IsShared == view.IsShared && (v.IsShared || v.OwnerId == owner) && EF.Functions.ILike(v.Name, pattern, "\\"), ct);
    }

    private static Error NameTaken(SaveView view) => Error.Invalid("name", $"There is a view named “{view.Name}” already. Choose another name.");

    private static Result<SaveView> Clean(SaveView request)
    {
        var name = request.Name?.Trim() ?? "";
        if (name.Length is 0 or > NameMax)
            return Error.Invalid("name", $"A view needs a name of 1 to {NameMax} characters.");
        if (name.Any(char.IsControl) || !TicketRules.IsStorable(name))
            return Error.Invalid("name", "The name is a single line without control characters.");
        if (request.Filter.Length > FilterMax || request.Filter.Any(char.IsControl) || !TicketRules.IsStorable(request.Filter))
            return Error.Invalid("filter", "These filters are too many to be kept: choose fewer.");
        return request with { Name = name };
    }

    private static SavedViewSummary Recorded(Change change, SavedView view, string action)
    {
        change.Audit(action, Kind, view.Id, new { view.Name, view.IsShared });
        change.Emit(Changed, Kind, view.Id, view.Version, data: null);
        return view.ToSummary(change.Actor.PersonId);
    }
}
