using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Teams;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Support.Desk;

/// <summary><c>/v1/admin/support/teams</c>, for the operator's keys.</summary>
internal static class StaffTeamEndpoints
{
    private const string Route = "/v1/admin/support/teams";

    internal static void MapStaffTeams(this RouteGroupBuilder desk)
    {
        var teams = desk.MapGroup("/teams");

        teams.MapGet("", ListAsync)
            .Needs(SupportPermissions.Work)
            .WithName("ListTeams")
            .WithSummary("List the teams tickets can be given to")
            .WithDescription("For the operator's keys. By name, each with its members.")
            .Answers(200, "All of them.", StaffDeskExamples.Teams);

        teams.MapPost("", CreateAsync)
            .Needs(SupportPermissions.ManageTeams)
            .WithName("CreateTeam")
            .WithSummary("Make a team")
            .WithDescription("For the operator's keys.")
            .TakesIdempotencyKey()
            .WithRequestExample(StaffDeskExamples.Team)
            .Answers(201, "The team.", StaffDeskExamples.SavedTeam, "ETag", Idempotency.ReplayedHeader)
            .Refuses(422);

        teams.MapGet("/{id:guid}", GetAsync)
            .Needs(SupportPermissions.Work)
            .WithName("GetTeam")
            .WithSummary("Read a team")
            .WithDescription("For the operator's keys.")
            .Answers(200, "The team.", StaffDeskExamples.SavedTeam, "ETag")
            .Refuses(404);

        teams.MapPut("/{id:guid}", ChangeAsync)
            .Needs(SupportPermissions.ManageTeams)
            .WithName("ChangeTeam")
            .WithSummary("Replace a team's name, purpose and members")
            .WithDescription("For the operator's keys. Tickets keep the name under which they were given to it.")
            .TakesIfMatch()
            .WithRequestExample(StaffDeskExamples.Team)
            .Answers(200, "The team as it is now.", StaffDeskExamples.SavedTeam, "ETag")
            .Refuses(404, 412, 422, 428);

        teams.MapDelete("/{id:guid}", DeleteAsync)
            .Needs(SupportPermissions.ManageTeams)
            .WithName("DeleteTeam")
            .WithSummary("Delete a team")
            .WithDescription("For the operator's keys. Refused while an unfinished ticket has it; finished ones keep its name.")
            .Answers(204, "There is no such team any more.")
            .Refuses(404, 409);
    }

    private static async Task<Results<Ok<Page<SupportTeamView>>, ProblemAnswer>> ListAsync(SupportTeamService teams, CancellationToken ct)
    {
        var all = await teams.ListAsync(ct);
        return all.IsSuccess ? TypedResults.Ok(new Page<SupportTeamView>(all.Value, null)) : (ProblemAnswer)all.Error;
    }

    private static async Task<Results<Created<SupportTeamView>, ProblemAnswer>> CreateAsync(SaveTeam request, HttpContext http, SupportTeamService teams, Idempotency once, CancellationToken ct) =>
        StaffDeskEndpoints.Created(http, Route, await once.OnceAsync(http, () => teams.CreateAsync(request, ct), ct), t => t.Version);

    private static async Task<Results<Ok<SupportTeamView>, ProblemAnswer>> GetAsync(Guid id, HttpContext http, SupportTeamService teams, CancellationToken ct) =>
        StaffDeskEndpoints.Changed(http, await teams.GetAsync(id, ct), t => t.Version);

    private static async Task<Results<Ok<SupportTeamView>, ProblemAnswer>> ChangeAsync(Guid id, SaveTeam request, HttpContext http, SupportTeamService teams, CancellationToken ct)
    {
        if (!IfMatch.TryRead(http.Request, out var condition, out var problem))
            return (ProblemAnswer)problem;
        var expected = await condition.ExpectedAsync(async () => await teams.GetAsync(id, ct) is { IsSuccess: true, Value: var current } ? current.Version : null);
        return StaffDeskEndpoints.Changed(http, await teams.ChangeAsync(id, request, expected, ct), t => t.Version);
    }

    private static async Task<Results<NoContent, ProblemAnswer>> DeleteAsync(Guid id, SupportTeamService teams, CancellationToken ct)
    {
        var deleted = await teams.DeleteAsync(id, ct);
        return deleted.IsSuccess ? TypedResults.NoContent() : (ProblemAnswer)deleted.Error;
    }
}
