using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Team;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Team;

/// <summary>Who may do what to whom, tried by every role on every role, and the rules that hold however many act at once.</summary>
public sealed class TeamServiceTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    /// <summary>Whom each role may manage.</summary>
    private static readonly Dictionary<string, string[]> Below = new()
    {
        [Roles.Admin] = [Roles.Admin, Roles.Manager, Roles.Analyst, Roles.Viewer],
        [Roles.Manager] = [Roles.Analyst, Roles.Viewer],
        [Roles.Analyst] = [],
        [Roles.Viewer] = [],
        [Roles.PlatformAdmin] = [Roles.Agent, Roles.Lead, Roles.PlatformAdmin],
        [Roles.Lead] = [],
        [Roles.Agent] = [],
    };

    private PortalFactory Portal => fixture.Portal;

    public static TheoryData<string> EveryRole => [.. Roles.Tenant, .. Roles.Operator];

    [Theory]
    [MemberData(nameof(EveryRole))]
    public async Task Role_MayReadAndManage_ExactlyWhomTheContractSays(string role)
    {
        var tenant = Roles.Operator.Contains(role) ? await Portal.Given.OperatorAsync() : await Portal.Given.TenantAsync();
        await tenant.AdminAsync();
        var actor = await tenant.PersonAsync(role);
        await using var scope = actor.Scope();
        var (team, invitations) = (scope.Get<TeamService>(), scope.Get<InvitationService>());
        var sees = Below[role].Length > 0;

        Assert.Equal(sees, (await team.ListAsync(new TeamQuery(), CancellationToken.None)).IsSuccess);
        Assert.Equal(sees, (await team.GetAsync(actor.Id, CancellationToken.None)).IsSuccess);
        Assert.Equal(sees, (await team.SizeAsync(CancellationToken.None)).IsSuccess);
        Assert.Equal(sees, (await team.ActivityAsync(actor.Id, 10, null, CancellationToken.None)).IsSuccess);
        Assert.Equal(sees, (await invitations.ListAsync(10, null, CancellationToken.None)).IsSuccess);
        foreach (var other in tenant.Info.IsOperator ? Roles.Operator : Roles.Tenant)
        {
            var target = await tenant.PersonAsync(other);
            var allowed = Below[role].Contains(other);
            var lowest = tenant.Info.IsOperator ? Roles.Agent : Roles.Viewer;
            await TriedAsync(actor, allowed, async () => (await team.EditAsync(target.Id, new EditPerson { Name = "Renamed" }, null, CancellationToken.None)).Error);
            await TriedAsync(actor, allowed, async () => (await team.EditAsync(target.Id, new EditPerson { Role = lowest }, null, CancellationToken.None)).Error);
            await TriedAsync(actor, allowed, async () => (await team.UnlockAsync(target.Id, CancellationToken.None)).Error);
            await TriedAsync(actor, allowed, async () => (await team.DeactivateAsync(target.Id, CancellationToken.None)).Error);
            await TriedAsync(actor, allowed, async () => (await team.ReactivateAsync(target.Id, CancellationToken.None)).Error);
            await TriedAsync(actor, allowed, async () => (await invitations.InviteAsync($"x-{Guid.CreateVersion7():N}@x.test", null, other, CancellationToken.None)).Error);

            // Nobody raises anybody above what they manage themselves.
            var weak = await tenant.PersonAsync(lowest);
            await TriedAsync(actor, allowed && Below[role].Contains(lowest), async () => (await team.EditAsync(weak.Id, new EditPerson { Role = other == lowest ? Roles.Operator.Contains(role) ? Roles.Lead : Roles.Analyst : other }, null, CancellationToken.None)).Error);
        }
    }

    [Theory]
    [InlineData(Roles.Admin)]
    [InlineData(Roles.Manager)]
    public async Task Nobody_ChangesTheirOwnRole_OrDeactivatesThemselves(string role)
    {
        var acme = await Portal.Given.TenantAsync();
        await acme.AdminAsync();
        var ada = await acme.PersonAsync(role);
        await using var scope = ada.Scope();
        var team = scope.Get<TeamService>();
        Assert.Equal("own_role", (await team.EditAsync(ada.Id, new EditPerson { Role = Roles.Viewer }, null, CancellationToken.None)).Error?.Code);
        Assert.Equal("own_account", (await team.DeactivateAsync(ada.Id, CancellationToken.None)).Error?.Code);
        Assert.True((await team.EditAsync(ada.Id, new EditPerson { Name = "Ada Renamed" }, null, CancellationToken.None)).IsSuccess);
        Assert.Equal(role, (await team.GetAsync(ada.Id, CancellationToken.None)).Value.Role);
    }

    [Fact]
    public async Task TwoAdminsWhoDemoteEachOtherAtOnce_LeaveOne()
    {
        for (var round = 0; round < 5; round++)
        {
            var acme = await Portal.Given.TenantAsync();
            var (ada, ben) = (await acme.AdminAsync(), await acme.AdminAsync());
            var results = await Task.WhenAll(DemoteAsync(ada, ben), DemoteAsync(ben, ada));
            Assert.Single(results, r => r.IsSuccess);
            await using var scope = acme.SystemScope();
            Assert.Single((await scope.Get<TeamService>().ListAsync(new TeamQuery { Roles = [Roles.Admin] }, CancellationToken.None)).Value.Items);
        }
    }

    [Fact]
    public async Task LastAdmin_StaysAdmin_WhoeverTries()
    {
        var acme = await Portal.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        await acme.ApiKeyAsync("team:manage");
        await using var scope = acme.SystemScope();
        var team = scope.Get<TeamService>();
        Assert.Equal("last_admin", (await team.EditAsync(ada.Id, new EditPerson { Role = Roles.Manager }, null, CancellationToken.None)).Error?.Code);
        Assert.Equal("last_admin", (await team.DeactivateAsync(ada.Id, CancellationToken.None)).Error?.Code);

        var ben = await acme.AdminAsync();
        Assert.True((await team.DeactivateAsync(ben.Id, CancellationToken.None)).IsSuccess);
        Assert.Equal("last_admin", (await team.DeactivateAsync(ada.Id, CancellationToken.None)).Error?.Code);
    }

    [Fact]
    public async Task Demoted_ActsNoMoreWithTheOldRole_EvenInAnOpenScope()
    {
        var acme = await Portal.Given.TenantAsync();
        var (ada, ben) = (await acme.AdminAsync(), await acme.AdminAsync());
        var cora = await acme.PersonAsync(Roles.Viewer);
        await using var old = ben.Scope();
        Assert.True((await DemoteAsync(ada, ben, Roles.Analyst)).IsSuccess);
        Assert.Equal(ErrorKind.Forbidden, (await old.Get<TeamService>().DeactivateAsync(cora.Id, CancellationToken.None)).Error?.Kind);
    }

    [Fact]
    public async Task Deactivated_LosesSessionsAndSignIn_AndComesBackWithTheSamePassword()
    {
        var acme = await Portal.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var ben = await acme.PersonAsync(Roles.Analyst);
        var ticket = await ben.OpenTicketAsync();
        using var browser = await ben.SignInAsync();
        await using var scope = ada.Scope();
        var team = scope.Get<TeamService>();
        Assert.Equal(1, (await team.GetAsync(ben.Id, CancellationToken.None)).Value.Sessions);

        Assert.Equal((MemberStatus.Deactivated, 0), await StateAsync(team.DeactivateAsync(ben.Id, CancellationToken.None)));
        await Until.TrueAsync("the session has ended", async () =>
        {
            using var answer = await browser.GetAsync("/tickets");
            return answer.StatusCode == System.Net.HttpStatusCode.Redirect;
        });
        using (var again = Portal.Visit(acme))
        using (var refused = await again.SubmitAsync("/account/sign-in", ("email", ben.Email), ("password", GivenTenant.Password)))
            Assert.Contains("do not match", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using (var theirs = ada.Scope())
            Assert.Equal(ben.Name, (await theirs.Get<Core.Support.TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value.Requester.Name);

        Assert.Equal((MemberStatus.Active, 0), await StateAsync(team.ReactivateAsync(ben.Id, CancellationToken.None)));
        (await ben.SignInAsync()).Dispose();
    }

    [Fact]
    public async Task Activity_TellsWhatAPersonDid_AndWhatWasDoneToThem_NewestFirst()
    {
        var acme = await Portal.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Admin, name: "Ada Admin");
        var ben = await acme.PersonAsync(Roles.Analyst);
        await ben.OpenTicketAsync();
        Assert.True((await DemoteAsync(ada, ben, Roles.Viewer)).IsSuccess);
        await using var scope = ada.Scope();
        var team = scope.Get<TeamService>();
        var all = (await team.ActivityAsync(ben.Id, 100, null, CancellationToken.None)).Value.Items;
        Assert.Equal(["person.role_changed", "ticket.created", "person.added"], all.Select(a => a.Action));
        Assert.Equal(("Ada Admin", false, true), (all[0].ActorName, all[0].Own, all[1].Own));
        var first = (await team.ActivityAsync(ben.Id, 2, null, CancellationToken.None)).Value;
        var rest = (await team.ActivityAsync(ben.Id, 2, first.NextCursor, CancellationToken.None)).Value;
        Assert.Equal(all, first.Items.Concat(rest.Items));
        Assert.Null(rest.NextCursor);

        var stranger = await (await Portal.Given.TenantAsync()).AdminAsync();
        await using var elsewhere = stranger.Scope();
        Assert.Equal(ErrorKind.NotFound, (await elsewhere.Get<TeamService>().ActivityAsync(ben.Id, 2, null, CancellationToken.None)).Error?.Kind);
        Assert.Equal(ErrorKind.NotFound, (await elsewhere.Get<TeamService>().DeactivateAsync(ben.Id, CancellationToken.None)).Error?.Kind);
    }

    [Fact]
    public async Task List_FiltersSearchesAndCounts()
    {
        var acme = await Portal.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Admin, name: "Ada 100% Admin");
        var ben = await acme.PersonAsync(Roles.Viewer, name: "Ben Viewer");
        await acme.ApiKeyAsync("tickets:read");
        await using var scope = ada.Scope();
        var team = scope.Get<TeamService>();
        Assert.True((await team.DeactivateAsync(ben.Id, CancellationToken.None)).IsSuccess);
        Assert.Equal([ada.Id], await IdsAsync(new TeamQuery { Text = "100% a" }));
        Assert.Empty(await IdsAsync(new TeamQuery { Text = "%%%%" }));
        Assert.Equal([ben.Id], await IdsAsync(new TeamQuery { Statuses = [MemberStatus.Deactivated] }));
        Assert.Equal([ada.Id], await IdsAsync(new TeamQuery { Roles = [Roles.Admin], Statuses = [MemberStatus.Active] }));
        Assert.Equal([ben.Id, ada.Id], await IdsAsync(new TeamQuery()));
        Assert.Equal([ada.Id, ben.Id], await IdsAsync(new TeamQuery { PageNumber = 1 }));
        var size = (await team.SizeAsync(CancellationToken.None)).Value;
        Assert.Equal(new TeamSize(50, 1, 1, 0, 1, 0), size);

        async Task<IEnumerable<Guid>> IdsAsync(TeamQuery query) => (await team.ListAsync(query, CancellationToken.None)).Value.Items.Select(m => m.Id);
    }

    private static async Task TriedAsync(GivenPerson actor, bool allowed, Func<Task<Error?>> act)
    {
        var before = await RefusalsAsync(actor);
        var error = await act();
        Assert.True(allowed == error is null, $"{actor.Role}: {error?.Message ?? "was allowed"}");
        Assert.Equal(allowed ? before : before + 1, await RefusalsAsync(actor));
        if (!allowed)
            Assert.Equal(ErrorKind.Forbidden, error!.Kind);
    }

    private static async Task<int> RefusalsAsync(GivenPerson actor)
    {
        await using var scope = actor.Tenant.SystemScope();
        return scope.Get<SecureBaseDb>().AuditEntries.Count(e => e.ActorId == actor.Id && e.Outcome == AuditOutcome.Refused);
    }

    private static async Task<Result<MemberView>> DemoteAsync(GivenPerson by, GivenPerson whom, string role = Roles.Manager)
    {
        await using var scope = by.Scope();
        return await scope.Get<TeamService>().EditAsync(whom.Id, new EditPerson { Role = role }, null, CancellationToken.None);
    }

    private static async Task<(MemberStatus, int)> StateAsync(Task<Result<MemberView>> change) => await change is { IsSuccess: true, Value: var member } ? (member.Status, member.Sessions) : default;
}
