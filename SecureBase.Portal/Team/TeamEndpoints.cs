using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Team;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Team;

/// <summary><c>/v1/team</c>: binds, calls <see cref="TeamService"/> and <see cref="InvitationService"/>, answers.</summary>
internal static class TeamEndpoints
{
    private const string Invitations = "/v1/team/invitations";
    private const int DefaultLimit = 25;

    internal static IServiceCollection AddTeamApi(this IServiceCollection services)
    {
        foreach (var fact in TeamSchemas.All)
            services.AddSingleton(fact);
        return services;
    }

    internal static void MapTeam(this RouteGroupBuilder v1)
    {
        var team = v1.MapGroup("/team").WithTags("Team");

        team.MapGet("", ListAsync)
            .Needs(TeamPermissions.Read)
            .WithName("ListPeople")
            .WithSummary("List people, newest first")
            .WithDescription("The persons behind API keys are not among them. Filters combine; a filter with several values, separated by commas, takes any of them.")
            .TakesQuery("role", "With any of these roles.")
            .TakesQuery<MemberStatus>("status", "In any of these states.")
            .TakesQuery("q", "Words in name or e-mail; up to 200 characters.")
            .TakesPage()
            .Answers(200, "A page of people.", TeamExamples.Members);

        team.MapGet("/{person:guid}", GetAsync)
            .Needs(TeamPermissions.Read)
            .WithName("GetPerson")
            .WithSummary("Read a person")
            .WithDescription("The ETag stands for what PATCH changes. It does not tell of sessions and locks, so a conditional GET is not answered with 304.")
            .Answers(200, "The person.", TeamExamples.Member, "ETag")
            .Refuses(404);

        team.MapPatch("/{person:guid}", EditAsync)
            .Needs(TeamPermissions.Edit)
            .WithName("EditPerson")
            .WithSummary("Change a person's name or role")
            .WithDescription("Fields left out stay as they are. The last active admin keeps the role. A change of role takes effect on open pages within five seconds.")
            .TakesIfMatch()
            .WithRequestExample(TeamExamples.Editing)
            .Answers(200, "The person as they are now.", TeamExamples.EditedMember, "ETag")
            .Refuses(404, 409, 412, 422, 428);

        Act("deactivate", "DeactivatePerson", "Shut a person out", "Their sessions end within five seconds, and they cannot sign in. What they did stays; API keys go on working. The last active admin cannot be deactivated. Done already, it answers the same.",
            (service, id, ct) => service.DeactivateAsync(id, ct), TeamExamples.DeactivatedMember);
        Act("reactivate", "ReactivatePerson", "Let a person in again", "With the password and second factor they had. It takes a place of the plan.", (service, id, ct) => service.ReactivateAsync(id, ct), TeamExamples.Member);
        Act("unlock", "UnlockPerson", "Unlock a person", "Ends the 30 minutes after five wrong passwords.", (service, id, ct) => service.UnlockAsync(id, ct), TeamExamples.Member);

        team.MapPost("/invitations", InviteAsync)
            .Needs(TeamPermissions.Invite)
            .WithName("InvitePerson")
            .WithSummary("Invite someone")
            .WithDescription("By e-mail; the link in it works once, for seven days, and is never part of an answer. An invitation takes a place of the plan while it can be accepted.")
            .TakesIdempotencyKey()
            .WithRequestExample(TeamExamples.Inviting)
            .Answers(201, "The invitation, at the address in Location.", TeamExamples.Invitation, "Location", Idempotency.ReplayedHeader)
            .Refuses(409, 422, 429);

        team.MapGet("/invitations", InvitationsAsync)
            .Needs(TeamPermissions.Read)
            .WithName("ListInvitations")
            .WithSummary("List open invitations, newest first")
            .WithDescription("Those that were neither accepted nor revoked; expired ones too.")
            .TakesPage()
            .Answers(200, "A page of invitations.", TeamExamples.InvitationPage);

        team.MapGet("/invitations/{id:guid}", InvitationAsync)
            .Needs(TeamPermissions.Read)
            .WithName("GetInvitation")
            .WithSummary("Read an invitation")
            .Answers(200, "The invitation.", TeamExamples.Invitation)
            .Refuses(404);

        team.MapPost("/invitations/{id:guid}/resend", ResendAsync)
            .Needs(TeamPermissions.Invite)
            .WithName("ResendInvitation")
            .WithSummary("Send an invitation again")
            .WithDescription("With seven new days; the link before works no more.")
            .TakesIdempotencyKey()
            .Answers(200, "The invitation as it is now.", TeamExamples.Invitation, Idempotency.ReplayedHeader)
            .Refuses(404, 409, 429);

        team.MapDelete("/invitations/{id:guid}", RevokeAsync)
            .Needs(TeamPermissions.Invite)
            .WithName("RevokeInvitation")
            .WithSummary("Take an invitation back")
            .WithDescription("Its link stops working and its place is free.")
            .Answers(204, "It is revoked.")
            .Refuses(404, 409);

        void Act(string verb, string name, string summary, string description, Func<TeamService, Guid, CancellationToken, Task<Result<MemberView>>> act, MemberView example) =>
            team.MapPost("/{person:guid}/" + verb, async Task<Results<Ok<MemberView>, ProblemAnswer>> (Guid person, HttpContext http, TeamService service, Idempotency once, CancellationToken ct) =>
                {
                    var done = await once.OnceAsync(http, () => act(service, person, ct), ct);
                    return done.IsSuccess ? Found(http, done.Value) : (ProblemAnswer)done.Error;
                })
                .Needs(TeamPermissions.Edit)
                .WithName(name)
                .WithSummary(summary)
                .WithDescription(description)
                .TakesIdempotencyKey()
                .Answers(200, "The person as they are now.", example, "ETag", Idempotency.ReplayedHeader)
                .Refuses(404, 409, 429);
    }

    private static async Task<Results<Ok<Page<MemberView>>, ProblemAnswer>> ListAsync(QueryValues query, TeamService team, CancellationToken ct)
    {
        var filter = new TeamQuery
        {
            Roles = [.. (query.Text("role") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            Statuses = query.Many<MemberStatus>("status"),
            Text = query.Text("q"),
            Limit = query.Number("limit", DefaultLimit),
            Cursor = query.Text("cursor"),
        };
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await team.ListAsync(filter, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<MemberView>, ProblemAnswer>> GetAsync(Guid person, HttpContext http, TeamService team, CancellationToken ct)
    {
        var found = await team.GetAsync(person, ct);
        return found.IsSuccess ? Found(http, found.Value) : (ProblemAnswer)found.Error;
    }

    private static async Task<Results<Ok<MemberView>, ProblemAnswer>> EditAsync(Guid person, EditPerson request, HttpContext http, TeamService team, CancellationToken ct)
    {
        if (!IfMatch.TryRead(http.Request, out var condition, out var problem))
            return (ProblemAnswer)problem;
        var expected = await condition.ExpectedAsync(async () => await team.GetAsync(person, ct) is { IsSuccess: true, Value: var current } ? current.Version : null);
        var edited = await team.EditAsync(person, request, expected, ct);
        return edited.IsSuccess ? Found(http, edited.Value) : (ProblemAnswer)edited.Error;
    }

    private static async Task<Results<Created<InvitationView>, ProblemAnswer>> InviteAsync(InvitePerson request, HttpContext http, InvitationService invitations, Idempotency once, CancellationToken ct)
    {
        var invited = await once.OnceAsync(http, () => invitations.InviteAsync(request.Email, request.Name, request.Role, ct), ct);
        return invited.IsSuccess ? TypedResults.Created($"{Invitations}/{invited.Value.Id}", invited.Value) : (ProblemAnswer)invited.Error;
    }

    private static async Task<Results<Ok<Page<InvitationView>>, ProblemAnswer>> InvitationsAsync(QueryValues query, InvitationService invitations, CancellationToken ct)
    {
        var (limit, cursor) = (query.Number("limit", DefaultLimit), query.Text("cursor"));
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await invitations.ListAsync(limit, cursor, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<InvitationView>, ProblemAnswer>> InvitationAsync(Guid id, InvitationService invitations, CancellationToken ct)
    {
        var found = await invitations.GetAsync(id, ct);
        return found.IsSuccess ? TypedResults.Ok(found.Value) : (ProblemAnswer)found.Error;
    }

    private static async Task<Results<Ok<InvitationView>, ProblemAnswer>> ResendAsync(Guid id, HttpContext http, InvitationService invitations, Idempotency once, CancellationToken ct)
    {
        var sent = await once.OnceAsync(http, () => invitations.ResendAsync(id, ct), ct);
        return sent.IsSuccess ? TypedResults.Ok(sent.Value) : (ProblemAnswer)sent.Error;
    }

    private static async Task<Results<NoContent, ProblemAnswer>> RevokeAsync(Guid id, InvitationService invitations, CancellationToken ct)
    {
        var revoked = await invitations.RevokeAsync(id, ct);
        return revoked.IsSuccess ? TypedResults.NoContent() : (ProblemAnswer)revoked.Error;
    }

    private static Ok<MemberView> Found(HttpContext http, MemberView member)
    {
        EntityTags.Put(http.Response, member.Version);
        return TypedResults.Ok(member);
    }
}
