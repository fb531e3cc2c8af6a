using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Teams;

/// <summary>
/// The teams of the support staff: leads make them, all staff give tickets to them. Works in the operator's tenant. A ticket keeps
/// a team's name as it was when it was given to it.
/// </summary>
public sealed class SupportTeamService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, IDbContextFactory<StaffDb> everywhere, StaffDirectory staff, TenantContext tenant, Caller caller)
{
    public const int NameMax = 60;
    public const int PurposeMax = 200;
    public const int MembersMax = 100;

    /// <summary>Subject kind of teams, in audit and live signals.</summary>
    public const string Kind = "support_team";

    /// <summary>Refreshes the pages that show teams; never delivered.</summary>
    public const string Changed = "internal.support_team_changed";

    /// <summary>All teams by name.</summary>
    public async Task<Result<IReadOnlyList<SupportTeamView>>> ListAsync(CancellationToken ct)
    {
        if (!caller.Can(SupportPermissions.Work))
            return Error.Forbidden(SupportPermissions.Work);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var teams = await db.SupportTeams.AsNoTracking().Include(t => t.Members).ToListAsync(ct);
        var people = await staff.ListAsync(ct);
        return Result<IReadOnlyList<SupportTeamView>>.Success([.. teams.Select(t => View(t, people)).OrderBy(t => t.Name, StringComparer.CurrentCultureIgnoreCase)]);
    }

    /// <summary>One team.</summary>
    public async Task<Result<SupportTeamView>> GetAsync(Guid id, CancellationToken ct)
    {
        var all = await ListAsync(ct);
        return !all.IsSuccess ? all.Error : all.Value.FirstOrDefault(t => t.Id == id) is { } team ? team : NotFound;
    }

    /// <summary>Errors: invalid fields, a name that is taken, a member who is not of the staff; making teams is for leads.</summary>
    public Task<Result<SupportTeamView>> CreateAsync(SaveTeam request, CancellationToken ct) => SaveAsync(request, "support_team.created", async (change, text, ct) =>
    {
        if (await IsTakenAsync(change.Db, text.Name, except: null, ct))
            return NameTaken;
        var team = new SupportTeam(Guid.CreateVersion7(change.At), tenant.Tenant.Id, text, change.Actor.Name, change.At);
        change.Db.SupportTeams.Add(team);
        return team;
    }, ct);

    /// <summary>Replaces a team's name, purpose and members. <see cref="ErrorKind.Stale"/> when it is not at <paramref name="expectedVersion"/> any more.</summary>
    /// <param name="expectedVersion">Null means "whatever it is now".</param>
    public Task<Result<SupportTeamView>> ChangeAsync(Guid id, SaveTeam request, int? expectedVersion, CancellationToken ct) => SaveAsync(request, "support_team.changed", async (change, text, ct) =>
    {
        if (await change.Db.SupportTeams.Include(t => t.Members).SingleOrDefaultAsync(t => t.Id == id, ct) is not { } team)
            return NotFound;
        if (expectedVersion is { } expected && team.Version != expected)
            return Error.Stale("team");
        if (await IsTakenAsync(change.Db, text.Name, id, ct))
            return NameTaken;
        team.Set(text, await staff.ListAsync(ct), change.Actor.Name, change.At);
        return team;
    }, ct);

    /// <summary>Deletes a team that has no unfinished ticket. Finished ones keep its name.</summary>
    /// <returns>What it was, so that it can be made again.</returns>
    public Task<Result<SaveTeam>> DeleteAsync(Guid id, CancellationToken ct) => unit.ChangeAsync<SaveTeam>(SupportPermissions.ManageTeams, "support_team.deleted", async (change, ct) =>
    {
        if (await change.Db.SupportTeams.Include(t => t.Members).SingleOrDefaultAsync(t => t.Id == id, ct) is not { } team)
            return NotFound;
        await using var all = await everywhere.CreateDbContextAsync(ct);
        var open = await all.Tickets.Where(t => t.TeamId == id && t.Status != TicketStatus.Resolved && t.Status != TicketStatus.Closed).Take(StaffQueue.MostCounted).CountAsync(ct);
        if (open > 0)
            return TeamHasTickets(team.Name, open);
        // Whoever left the staff meanwhile is not asked for again.
        var members = View(team, await staff.ListAsync(ct)).Members;
        var was = new SaveTeam { Name = team.Name, Purpose = team.Purpose, Members = [.. members.Select(m => m.Id)] };
        Record(change, team, "support_team.deleted");
        change.Db.SupportTeams.Remove(team);
        return was;
    }, ct);

    private async Task<Result<SupportTeamView>> SaveAsync(SaveTeam request, string action, Func<Change, TeamText, CancellationToken, Task<Result<SupportTeam>>> save, CancellationToken ct)
    {
        var people = caller.Can(SupportPermissions.ManageTeams) ? await staff.ListAsync(ct) : [];
        var clean = Clean(request, people);
        if (!clean.IsSuccess && caller.Can(SupportPermissions.ManageTeams))
            return clean.Error;
        try
        {
            return await unit.ChangeAsync<SupportTeamView>(SupportPermissions.ManageTeams, action, async (change, ct) =>
            {
                var saved = await save(change, clean.Value, ct);
                if (!saved.IsSuccess)
                    return saved.Error;
                Record(change, saved.Value, action);
                return View(saved.Value, people);
            }, ct);
        }
        catch (DbUpdateException failure) when (failure.IsTakenIn("support_teams"))
        {
            // Two who choose the same name at once: the index has the last word.
            return NameTaken;
        }
        catch (DbUpdateException failure) when (failure.IsTakenIn("support_team_members"))
        {
            return Error.Stale("team");
        }
    }

    private static Error NotFound => Error.NotFound("team");

    private static Error NameTaken => Error.Invalid("name", "There is a team of this name already. Choose another name, or change that one.");

    private static Error TeamHasTickets(string name, int open) =>
        new(ErrorKind.Conflict, "team_has_tickets", $"{name} has {(open == 1 ? "an unfinished ticket" : open == StaffQueue.MostCounted ? $"{open} unfinished tickets or more" : $"{open} unfinished tickets")}. Give them to another team first.");

    private static Task<bool> IsTakenAsync(SecureBaseDb db, string name, Guid? except, CancellationToken ct)
    {
        var pattern = LikePattern.Exactly(name);
        return db.SupportTeams.AnyAsync(t => t.Id != except && EF.Functions.ILike(t.Name, pattern, "\\"), ct);
    }

    private static Result<TeamText> Clean(SaveTeam request, IReadOnlyList<PersonRef> people)
    {
        List<FieldError> errors = [];
        var name = request.Name?.Trim() ?? "";
        if (name.Length is 0 or > NameMax)
            errors.Add(new("name", $"A team needs a name of 1 to {NameMax} characters."));
        else if (name.Any(char.IsControl) || !TicketRules.IsStorable(name))
            errors.Add(new("name", "The name is a single line without control characters."));
        var purpose = request.Purpose?.Trim() ?? "";
        if (purpose.Length > PurposeMax || purpose.Any(char.IsControl) || !TicketRules.IsStorable(purpose))
            errors.Add(new("purpose", $"The purpose is a single line of up to {PurposeMax} characters."));
        IReadOnlyList<Guid> members = [.. (request.Members ?? []).Distinct()];
        if (members.Count > MembersMax)
            errors.Add(new("members", $"A team has up to {MembersMax} members; these are {members.Count}."));
        else if (members.Except(people.Select(p => p.Id)).Any())
            errors.Add(new("members", "One of the members is not of the support staff."));
        return errors.Count > 0 ? Error.Invalid(errors) : new TeamText(name, purpose, members);
    }

    private static void Record(Change change, SupportTeam team, string action)
    {
        change.Audit(action, Kind, team.Id, new { team.Name, Members = team.Members.Count });
        change.Emit(Changed, Kind, team.Id, team.Version, data: null);
    }

    private static SupportTeamView View(SupportTeam team, IReadOnlyList<PersonRef> people) => new()
    {
        Id = team.Id, Name = team.Name, Purpose = team.Purpose, UpdatedBy = team.UpdatedBy, UpdatedAt = team.UpdatedAt, Version = team.Version,
        Members = [.. people.Where(p => team.Members.Any(m => m.PersonId == p.Id))],
    };
}
