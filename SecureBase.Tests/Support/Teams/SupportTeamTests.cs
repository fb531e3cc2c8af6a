using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Bulk;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Team;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Teams;

public sealed class SupportTeamTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;
    private GivenPerson _priya = null!;
    private GivenPerson _quinn = null!;
    private GivenPerson _lena = null!;

    public async Task InitializeAsync()
    {
        _acme = await fixture.Given.TenantAsync();
        _ada = await _acme.AdminAsync();
        var provider = await fixture.Given.OperatorAsync();
        (_priya, _quinn, _lena) = (await provider.PersonAsync(Roles.Agent, name: "Priya"), await provider.PersonAsync(Roles.Agent, name: "Quinn"), await provider.PersonAsync(Roles.Lead, name: "Lena"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Leads_MakeTeams_AllStaffReadThem_CustomersNeither()
    {
        var team = await TeamAsync("Network", _quinn, _priya);
        Assert.Equal(("Priya, Quinn", "Lena", 1), (Names(team), team.UpdatedBy, team.Version));

        await using var agent = _priya.Scope();
        var teams = agent.Get<SupportTeamService>();
        Assert.Equal(["Priya", "Quinn"], (await teams.ListAsync(Ct)).Value.Single(t => t.Id == team.Id).Members.Select(m => m.Name));
        var wanted = new SaveTeam { Name = "Mine" };
        Assert.Equal(ErrorKind.Forbidden, (await teams.CreateAsync(wanted, Ct)).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await teams.CreateAsync(new SaveTeam(), Ct)).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await teams.ChangeAsync(team.Id, wanted, 1, Ct)).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await teams.DeleteAsync(team.Id, Ct)).Error!.Kind);
        await using var customer = _ada.Scope();
        Assert.Equal(ErrorKind.Forbidden, (await customer.Get<SupportTeamService>().ListAsync(Ct)).Error!.Kind);
    }

    [Fact]
    public async Task Change_ReplacesTheMembers_AndTellsTheSlower()
    {
        var team = await TeamAsync("Billing", _priya);
        await using var scope = _lena.Scope();
        var teams = scope.Get<SupportTeamService>();
        var changed = (await teams.ChangeAsync(team.Id, new SaveTeam { Name = team.Name, Purpose = " Invoices ", Members = [_quinn.Id, _quinn.Id, _lena.Id] }, 1, Ct)).Value;
        Assert.Equal(("Lena, Quinn", "Invoices", 2), (Names(changed), changed.Purpose, changed.Version));
        Assert.Equal(["Lena", "Quinn"], (await teams.GetAsync(team.Id, Ct)).Value.Members.Select(m => m.Name));
        Assert.Equal(ErrorKind.Stale, (await teams.ChangeAsync(team.Id, new SaveTeam { Name = "Other" }, 1, Ct)).Error!.Kind);
        Assert.Empty((await teams.ChangeAsync(team.Id, new SaveTeam { Name = team.Name }, null, Ct)).Value.Members);
        Assert.Equal(ErrorKind.NotFound, (await teams.ChangeAsync(Guid.CreateVersion7(), new SaveTeam { Name = "Other" }, null, Ct)).Error!.Kind);
        Assert.Equal("name", (await teams.CreateAsync(new SaveTeam { Name = team.Name.ToUpperInvariant() }, Ct)).Error!.Fields.Single().Field);
    }

    [Fact]
    public async Task TwoWhoTakeTheSameNameAtOnce_OneGetsIt()
    {
        await using var one = _lena.Scope();
        await using var two = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Lead)).Scope();
        var wanted = new SaveTeam { Name = Unique("Race") };
        var both = await Task.WhenAll(one.Get<SupportTeamService>().CreateAsync(wanted, Ct), two.Get<SupportTeamService>().CreateAsync(wanted, Ct));
        Assert.Equal("name", Assert.Single(both, t => !t.IsSuccess).Error!.Fields[0].Field);
    }

    [Fact]
    public async Task Create_RefusesWhatCannotBe()
    {
        await using var scope = _lena.Scope();
        var teams = scope.Get<SupportTeamService>();
        Assert.Equal("name", await RefusedAsync(new SaveTeam { Name = " " }));
        Assert.Equal("name", await RefusedAsync(new SaveTeam { Name = "Two\nlines" }));
        Assert.Equal("purpose", await RefusedAsync(new SaveTeam { Name = Unique("Long"), Purpose = new string('x', SupportTeamService.PurposeMax + 1) }));
        // A customer is no member of the staff.
        Assert.Equal("members", await RefusedAsync(new SaveTeam { Name = Unique("Foreign"), Members = [_priya.Id, _ada.Id] }));

        async Task<string> RefusedAsync(SaveTeam team) => (await teams.CreateAsync(team, Ct)).Error!.Fields.Single().Field;
    }

    [Fact]
    public async Task Ticket_IsGivenToATeam_BesideItsPerson_WithEventAndAudit_ByStaffAlone()
    {
        var team = await TeamAsync("Network");
        var ticket = await _ada.OpenTicketAsync();
        await EditAsync(ticket, new EditTicket { AssigneeId = _priya.Id });
        var given = await EditAsync(ticket, new EditTicket { TeamId = team.Id });
        Assert.Equal((new TeamRef(team.Id, team.Name), "Priya"), (given.Team, given.Assignee?.Name));

        await using var customer = _ada.Scope();
        var tickets = customer.Get<TicketService>();
        var entry = (await tickets.TimelineAsync(ticket.Id, Ct)).Value[^1];
        Assert.Equal((TicketEventType.TeamAssigned, team.Name), (entry.Type, entry.TeamName));
        var audit = (await customer.Get<AuditLogService>().ListAsync(new AuditFilter(), null, 50, Ct)).Value.Items;
        Assert.Contains(audit, e => e.Action == "ticket.updated" && e.Details.ToString()!.Contains("team", StringComparison.Ordinal));
        var refused = await tickets.EditAsync(ticket.Id, new EditTicket { TeamId = Guid.Empty }, null, Ct);
        Assert.Equal("staff_only", refused.Error!.Code);

        await using var desk = _priya.Scope(_acme);
        Assert.Equal("team_id", (await desk.Get<TicketService>().EditAsync(ticket.Id, new EditTicket { TeamId = _priya.Id }, null, Ct)).Error!.Fields.Single().Field);
        var taken = await EditAsync(ticket, new EditTicket { TeamId = Guid.Empty });
        Assert.Equal((null, "Priya"), (taken.Team, taken.Assignee?.Name));
        Assert.Null((await tickets.TimelineAsync(ticket.Id, Ct)).Value[^1].TeamName);
    }

    [Fact]
    public async Task Queue_IsFilteredByTeam_ByMyTeams_AndBySearch_AndCounted()
    {
        var (mine, other) = (await TeamAsync("Storage", _priya), await TeamAsync("Identity", _quinn));
        var (a, b, c) = (await _ada.OpenTicketAsync("Ant"), await _ada.OpenTicketAsync("Bee"), await _ada.OpenTicketAsync("Cat"));
        var before = await CountsAsync(_priya);
        await EditAsync(a, new EditTicket { TeamId = mine.Id });
        await EditAsync(b, new EditTicket { TeamId = other.Id });

        Assert.Equal(["Ant"], await ListAsync(_priya, new QueueQuery { Tickets = new TicketQuery { TeamId = mine.Id } }));
        Assert.Equal(["Cat"], await ListAsync(_priya, new QueueQuery { Tickets = new TicketQuery { TeamId = Guid.Empty } }));
        Assert.Equal(["Ant"], await ListAsync(_priya, new QueueQuery { MyTeams = true }));
        Assert.Equal(["Bee"], await ListAsync(_quinn, new QueueQuery { MyTeams = true }));
        Assert.Equal(["Bee"], await ListAsync(_priya, new QueueQuery { Tickets = new TicketQuery { Text = $"team:\"{other.Name}\"" } }));
        Assert.Equal(["Cat"], await ListAsync(_priya, new QueueQuery { Tickets = new TicketQuery { Text = "team:none" } }));
        Assert.Equal(before.MyTeams + 1, (await CountsAsync(_priya)).MyTeams);
        await EditAsync(a, new EditTicket { Status = TicketStatus.Resolved });
        Assert.Equal(before.MyTeams, (await CountsAsync(_priya)).MyTeams);
        await using var customer = _ada.Scope();
        Assert.Equal(["Cat"], (await customer.Get<TicketService>().ListAsync(new TicketQuery { Text = "team:nobody" }, Ct)).Value.Items.Select(t => t.Subject));
        Assert.Equal("Cat", c.Subject);
    }

    [Fact]
    public async Task Bulk_GivesSeveralToATeam_AndTakesItBack()
    {
        var (first, second) = (await TeamAsync("First"), await TeamAsync("Second"));
        var (one, two) = (await _ada.OpenTicketAsync("One"), await _ada.OpenTicketAsync("Two"));
        await EditAsync(one, new EditTicket { TeamId = first.Id });
        await using var scope = _priya.Scope();
        var bulk = scope.Get<BulkService>();
        var made = (await bulk.RunAsync([Target(one), Target(two)], new BulkChange { TeamId = second.Id }, _ => Task.CompletedTask, Ct)).Value;
        Assert.All(made, o => Assert.True(o.IsChanged));
        Assert.Equal((second.Id, second.Id), (await TeamOfAsync(one), await TeamOfAsync(two)));
        await bulk.UndoAsync(made, _ => Task.CompletedTask, Ct);
        Assert.Equal((first.Id, (Guid?)null), (await TeamOfAsync(one), await TeamOfAsync(two)));
    }

    [Fact]
    public async Task Delete_WaitsForUnfinishedTickets_AndFinishedOnesKeepTheName()
    {
        var team = await TeamAsync("Passing", _priya);
        var ticket = await _ada.OpenTicketAsync();
        await EditAsync(ticket, new EditTicket { TeamId = team.Id });
        await using var scope = _lena.Scope();
        var teams = scope.Get<SupportTeamService>();
        Assert.Equal("team_has_tickets", (await teams.DeleteAsync(team.Id, Ct)).Error!.Code);
        await EditAsync(ticket, new EditTicket { Status = TicketStatus.Resolved });
        var was = (await teams.DeleteAsync(team.Id, Ct)).Value;
        Assert.Equal((team.Name, _priya.Id), (was.Name, Assert.Single(was.Members!)));
        Assert.Equal(ErrorKind.NotFound, (await teams.DeleteAsync(team.Id, Ct)).Error!.Kind);
        Assert.Equal(team.Name, (await EditAsync(ticket, new EditTicket())).Team?.Name);
        Assert.Equal(["Priya"], (await teams.CreateAsync(was, Ct)).Value.Members.Select(m => m.Name));
        // Reopened it is nobody's, and found as such.
        await EditAsync(ticket, new EditTicket { Status = TicketStatus.Open });
        Assert.Equal([ticket.Subject], await ListAsync(_priya, new QueueQuery { Tickets = new TicketQuery { TeamId = Guid.Empty } }));
    }

    [Fact]
    public async Task Change_KeepsMembersWhoAreDeactivated_UntilTheyAreBack()
    {
        var nora = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent, name: "Nora");
        var team = await TeamAsync("Returning", _priya, nora);
        await using var admins = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.PlatformAdmin)).Scope();
        var people = admins.Get<TeamService>();
        Assert.True((await people.DeactivateAsync(nora.Id, Ct)).IsSuccess);
        await using var scope = _lena.Scope();
        var teams = scope.Get<SupportTeamService>();

        Assert.Equal(["Priya"], (await teams.ChangeAsync(team.Id, new SaveTeam { Name = team.Name, Purpose = "Renamed", Members = [_priya.Id] }, null, Ct)).Value.Members.Select(m => m.Name));

        Assert.True((await people.ReactivateAsync(nora.Id, Ct)).IsSuccess);
        Assert.Equal(["Nora", "Priya"], (await teams.GetAsync(team.Id, Ct)).Value.Members.Select(m => m.Name));
    }

    private async Task<SupportTeamView> TeamAsync(string name, params GivenPerson[] members)
    {
        await using var scope = _lena.Scope();
        return (await scope.Get<SupportTeamService>().CreateAsync(new SaveTeam { Name = Unique(name), Members = [.. members.Select(m => m.Id)] }, Ct)).Value;
    }

    private async Task<TicketView> EditAsync(TicketView ticket, EditTicket edit)
    {
        await using var scope = _priya.Scope(_acme);
        return (await scope.Get<TicketService>().EditAsync(ticket.Id, edit, null, Ct)).Value;
    }

    private async Task<Guid?> TeamOfAsync(TicketView ticket) => (await EditAsync(ticket, new EditTicket())).Team?.Id;

    private BulkTarget Target(TicketView ticket) => new(_acme.Slug, ticket.Id, ticket.Number);

    private async Task<IEnumerable<string>> ListAsync(GivenPerson person, QueueQuery query)
    {
        await using var scope = person.Scope();
        var page = await scope.Get<StaffQueue>().ListAsync(query with { Tenants = [_acme.Slug], Tickets = query.Tickets with { Sort = TicketSort.Waiting, PageNumber = 1 } }, Ct);
        return page.Value.Items.Select(i => i.Ticket.Subject);
    }

    private static async Task<QueueCounts> CountsAsync(GivenPerson person)
    {
        await using var scope = person.Scope();
        return (await scope.Get<StaffQueue>().CountAsync(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Ct)).Value;
    }

    private static string Names(SupportTeamView team) => string.Join(", ", team.Members.Select(m => m.Name));

    private static string Unique(string name) => $"{name} {Guid.CreateVersion7().ToString("N")[^10..]}";
}
