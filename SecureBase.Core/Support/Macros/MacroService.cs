using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Macros;

/// <summary>The macros of the support desk: leads write them, all staff use them. Works in the operator's tenant.</summary>
public sealed class MacroService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, Caller caller)
{
    public const int NameMax = 80;

    /// <summary>Subject kind of macros, in audit and live signals.</summary>
    public const string Kind = "macro";

    /// <summary>Refreshes the pages that show macros; never delivered.</summary>
    public const string Changed = "internal.macro_changed";

    /// <summary>All macros by name, or those with every word in name, text or tags.</summary>
    public async Task<Result<IReadOnlyList<MacroView>>> ListAsync(string? text, CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return Error.Forbidden(SupportPermissions.Work);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var macros = db.Macros.AsNoTracking();
        foreach (var word in (text ?? "").Replace("\0", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(8))
        {
            var pattern = LikePattern.Containing(word);
            macros = macros.Where(m => EF.Functions.ILike(m.Name, pattern, "\\") || EF.Functions.ILike(m.Body, pattern, "\\") || m.Tags.Any(t => EF.Functions.ILike(t, pattern, "\\")));
        }
        var rows = await macros.ToListAsync(ct);
        return Result<IReadOnlyList<MacroView>>.Success([.. rows.Select(m => m.ToView()).OrderBy(m => m.Name, StringComparer.CurrentCultureIgnoreCase)]);
    }

    /// <summary>Errors: invalid fields, a name that is taken, a placeholder that means nothing; writing macros is for leads.</summary>
    public async Task<Result<MacroView>> CreateAsync(SaveMacro request, CancellationToken ct)
    {
        var text = Clean(request);
        if (!text.IsSuccess)
            return text.Error;
        return await GuardNameAsync(() => unit.ChangeAsync<MacroView>(SupportPermissions.WriteMacros, "macro.created", async (change, ct) =>
        {
            if (await IsTakenAsync(change.Db, text.Value.Name, except: null, ct))
                return NameTaken;
            var macro = new Macro(Guid.CreateVersion7(change.At), text.Value, change.Actor.Name, change.At);
            change.Db.Macros.Add(macro);
            return Recorded(change, macro, "macro.created");
        }, ct));
    }

    /// <summary>Replaces a macro's text. <see cref="ErrorKind.Stale"/> when it is not at <paramref name="expectedVersion"/> any more.</summary>
    public async Task<Result<MacroView>> ChangeAsync(Guid id, SaveMacro request, int expectedVersion, CancellationToken ct)
    {
        var text = Clean(request);
        if (!text.IsSuccess)
            return text.Error;
        return await GuardNameAsync(() => unit.ChangeAsync<MacroView>(SupportPermissions.WriteMacros, "macro.changed", async (change, ct) =>
        {
            if (await change.Db.Macros.SingleOrDefaultAsync(m => m.Id == id, ct) is not { } macro)
                return Error.NotFound("macro");
            if (macro.Version != expectedVersion)
                return Error.Stale("macro");
            if (await IsTakenAsync(change.Db, text.Value.Name, id, ct))
                return NameTaken;
            macro.Set(text.Value, change.Actor.Name, change.At);
            return Recorded(change, macro, "macro.changed");
        }, ct));
    }

    /// <returns>What it was, so that it can be created again.</returns>
    public Task<Result<SaveMacro>> DeleteAsync(Guid id, CancellationToken ct) => unit.ChangeAsync<SaveMacro>(SupportPermissions.WriteMacros, "macro.deleted", async (change, ct) =>
    {
        if (await change.Db.Macros.SingleOrDefaultAsync(m => m.Id == id, ct) is not { } macro)
            return Error.NotFound("macro");
        change.Db.Macros.Remove(macro);
        Recorded(change, macro, "macro.deleted");
        return new SaveMacro { Name = macro.Name, Body = macro.Body, Status = macro.Status, Tags = macro.Tags };
    }, ct);

    private static Error NameTaken => Error.Invalid("name", "There is a macro of this name already. Choose another name, or change that one.");

    // Two who choose the same name at once: the index has the last word.
    private static async Task<Result<MacroView>> GuardNameAsync(Func<Task<Result<MacroView>>> save)
    {
        try
        {
            return await save();
        }
        catch (DbUpdateException failure) when (failure.IsTakenIn("macros"))
        {
            return NameTaken;
        }
    }

    private static Task<bool> IsTakenAsync(SecureBaseDb db, string name, Guid? except, CancellationToken ct)
    {
        var pattern = LikePattern.Exactly(name);
        return db.Macros.AnyAsync(m => m.Id != except && EF.Functions.ILike(m.Name, pattern, "\\"), ct);
    }

    private static Result<MacroText> Clean(SaveMacro request)
    {
        List<FieldError> errors = [];
        var name = request.Name?.Trim() ?? "";
        if (name.Length is 0 or > NameMax)
            errors.Add(new("name", $"A macro needs a name of 1 to {NameMax} characters."));
        else if (name.Any(char.IsControl) || !TicketRules.IsStorable(name))
            errors.Add(new("name", "The name is a single line without control characters."));
        var body = TicketRules.Comment(request.Body, errors);
        if (MacroPlaceholders.Unknown(body) is [var unknown, ..])
            errors.Add(new("body", $"{unknown} is no placeholder. There are {string.Join(", ", MacroPlaceholders.All.Select(p => $"{{{{{p.Name}}}}}"))}."));
        if (request.Status == TicketStatus.Closed)
            errors.Add(new("status", "A reply cannot close a ticket: resolve it, and it closes by itself."));
        var tags = TicketRules.Tags(request.Tags, errors);
        return errors.Count > 0 ? Error.Invalid(errors) : new MacroText(name, body, request.Status, tags);
    }

    private static MacroView Recorded(Change change, Macro macro, string action)
    {
        change.Audit(action, Kind, macro.Id, new { macro.Name });
        change.Emit(Changed, Kind, macro.Id, macro.Version, data: null);
        return macro.ToView();
    }
}
