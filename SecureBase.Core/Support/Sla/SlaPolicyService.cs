using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>What a plan promises: one saved version of its policy and calendar.</summary>
/// <param name="Version">1 is the contract's own; each save makes the next.</param>
/// <param name="Calendar">A week without a time zone is in the zone of each tenant.</param>
/// <param name="AuthorName">Null for version 1.</param>
public sealed record PlanPromise(Plan Plan, int Version, SlaPolicySpec Policy, SlaCalendarSpec Calendar, string? Note, string? AuthorName, DateTimeOffset? CreatedAt);

/// <summary>What to save as a plan's next version.</summary>
public sealed record SavePromise
{
    public SlaPolicySpec? Policy { get; init; }
    public SlaCalendarSpec? Calendar { get; init; }
    /// <summary>Why; 3 to 500 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>The provider's policies and calendars, one of each per plan. Works in the operator's own scope.</summary>
public sealed class SlaPolicyService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, Caller caller)
{
    private const string Saved = "sla.policy_saved";

    /// <summary>All versions of a plan, the newest first.</summary>
    public async Task<Result<IReadOnlyList<PlanPromise>>> VersionsAsync(Plan plan, CancellationToken ct)
    {
        if (!caller.Can(SlaPermissions.Try))
            return Error.Forbidden(SlaPermissions.Try);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var saved = await db.SlaVersions.AsNoTracking().Where(v => v.Plan == plan).OrderByDescending(v => v.Version).ToListAsync(ct);
        return Result<IReadOnlyList<PlanPromise>>.Success([.. saved.Select(Promise), First(plan)]);
    }

    /// <summary>Saves the next version; tenants of the plan take it over for their open tickets within about a minute.</summary>
    /// <returns>Errors: invalid fields; stale when <paramref name="expectedVersion"/> is no longer the last one.</returns>
    public async Task<Result<PlanPromise>> SaveAsync(Plan plan, int expectedVersion, SavePromise request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        SlaRules.Policy(request.Policy, Enum.GetValues<TicketPriority>(), errors);
        SlaRules.Calendar(request.Calendar is null ? null : SlaDefaults.In("Etc/UTC", request.Calendar), errors);
        var note = request.Note?.Trim() ?? "";
        if (note.Length is < 3 or > 500 || note.Contains('\0', StringComparison.Ordinal))
            errors.Add(new("note", "Say in 3 to 500 characters why the promise changes."));
        if (errors.Count > 0)
            return Error.Invalid(errors);

        try
        {
            return await SaveAsync(plan, expectedVersion, request, note, ct);
        }
        catch (DbUpdateException failure) when (failure.IsTakenIn("sla_versions"))
        {
            // Two leads who save at the same time are told apart by the key: the second one's version exists already.
            return Error.Stale("policy");
        }
    }

    private Task<Result<PlanPromise>> SaveAsync(Plan plan, int expectedVersion, SavePromise request, string note, CancellationToken ct) =>
        unit.ChangeAsync<PlanPromise>(SlaPermissions.Manage, Saved, async (change, ct) =>
        {
            var last = await change.Db.SlaVersions.AsNoTracking().Where(v => v.Plan == plan).OrderByDescending(v => v.Version).FirstOrDefaultAsync(ct);
            if ((last?.Version ?? 1) != expectedVersion)
                return Error.Stale("policy");
            var (policy, calendar) = (Json(request.Policy!), Json(request.Calendar!));
            var (policyBefore, calendarBefore) = last is null ? (Json(SlaDefaults.Policy(plan)), Json(SlaDefaults.Calendar(plan))) : (Json(Promise(last).Policy), Json(Promise(last).Calendar));
            var next = new SlaVersion
            {
                Plan = plan,
                Version = expectedVersion + 1,
                PolicyVersion = (last?.PolicyVersion ?? 1) + (policy == policyBefore ? 0 : 1),
                CalendarVersion = (last?.CalendarVersion ?? 1) + (calendar == calendarBefore ? 0 : 1),
                Policy = policy,
                Calendar = calendar,
                Note = note,
                AuthorId = change.Actor.PersonId,
                AuthorName = change.Actor.Name,
                CreatedAt = change.At,
            };
            change.Db.SlaVersions.Add(next);
            change.Audit(Saved, details: new { plan, next.Version, next.PolicyVersion, next.CalendarVersion });
            return Promise(next);
        }, ct);

    private static PlanPromise First(Plan plan) => new(plan, 1, SlaDefaults.Policy(plan), SlaDefaults.Calendar(plan), null, null, null);

    private static PlanPromise Promise(SlaVersion saved) => new(
        saved.Plan, saved.Version, JsonSerializer.Deserialize<SlaPolicySpec>(saved.Policy, WireJson.Options)!, JsonSerializer.Deserialize<SlaCalendarSpec>(saved.Calendar, WireJson.Options)!,
        saved.Note, saved.AuthorName, saved.CreatedAt);

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, WireJson.Options);
}
