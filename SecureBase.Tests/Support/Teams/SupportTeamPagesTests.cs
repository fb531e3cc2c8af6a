using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Teams;
using SecureBase.Portal.Support.Admin;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Teams;

/// <summary>Teams on the pages of staff: where leads make them, on a ticket, and in the queue.</summary>
public sealed class SupportTeamPagesTests(PortalFixture fixture) : ComponentTest, IClassFixture<PortalFixture>
{
    private readonly string _name = "Network " + Guid.CreateVersion7().ToString("N")[^10..];
    private readonly string _who = "Lena " + Guid.CreateVersion7().ToString("N")[^10..];
    private GivenTenant _acme = null!;
    private GivenPerson _lena = null!;
    private Scope _scope = null!;

    public override async Task InitializeAsync()
    {
        _acme = await fixture.Given.TenantAsync();
        _lena = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Lead, name: _who);
        _scope = _lena.Scope();
        Services.AddSingleton(TimeProvider.System);
        Serve(_scope);
    }

    [Fact]
    public async Task ALead_MakesATeam_ChangesItsMembers_AndDeletesItWithUndo()
    {
        Go("/teams?team=new");
        var page = Render<SupportTeamsPage>();
        page.WaitForElement("#team-name");
        await page.SubmitAsync("form");
        page.WaitForAssertion(() => Assert.Contains("needs a name", page.Find("#team-name-error").TextContent, StringComparison.Ordinal));
        await page.ChangeAsync("#team-name", _name);
        await page.InvokeAsync(() => Member(page).QuerySelector("input")!.Change(true));
        await page.SubmitAsync("form");
        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".team-rows li"), li => li.TextContent.Contains(_name, StringComparison.Ordinal) && li.TextContent.Contains(_who, StringComparison.Ordinal)));
        await LeftFormAsync();

        var team = await TeamAsync();
        Go($"/teams?team={team!.Id}");
        page = Render<SupportTeamsPage>();
        page.WaitForAssertion(() => Assert.Equal(_name, page.Find("#team-name").GetAttribute("value")));
        Assert.True(Member(page).QuerySelector("input")!.HasAttribute("checked"));
        await page.InvokeAsync(() => Member(page).QuerySelector("input")!.Change(false));
        await page.SubmitAsync("form");
        await LeftFormAsync();
        Assert.Empty((await TeamAsync())!.Members);

        Go($"/teams?team={team.Id}");
        page = Render<SupportTeamsPage>();
        page.WaitForElement(".dialog .button.danger");
        await page.PressAsync(".dialog .button.danger");
        await Until.TrueAsync("the team is gone", async () => await TeamAsync() is null);
        page.WaitForAssertion(() => Assert.Contains(Toasts.Current, t => t.Act is not null));
        await page.InvokeAsync(Toasts.Current.Last(t => t.Act is not null).Act!);
        Assert.NotNull(await TeamAsync());
    }

    [Fact]
    public async Task ATicket_IsGivenToATeamOnItsPage_AndStandsInMyTeams()
    {
        var created = (await _scope.Get<SupportTeamService>().CreateAsync(new SaveTeam { Name = _name, Members = [_lena.Id] }, CancellationToken.None)).Value;
        var ada = await _acme.AdminAsync();
        var ticket = await ada.OpenTicketAsync("The peering drops");
        await ada.OpenTicketAsync("Another");
        var page = Render<StaffTicketPage>(p => p.Add(x => x.Tenant, _acme.Slug).Add(x => x.Number, ticket.Number));
        page.WaitForElement("#team");
        await page.ChangeAsync("#team", created.Id.ToString());
        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".event"), e => e.TextContent.Contains($"gave it to {_name}", StringComparison.Ordinal)));

        Go($"/queue?view=my-teams&tenant={_acme.Slug}");
        var queue = Render<QueuePage>();
        queue.WaitForAssertion(() => Assert.Equal(["The peering drops"], queue.FindAll(".queue-table .subject").Select(s => s.TextContent)));
        Assert.Equal(_name, queue.Find(".queue-table .team-name").TextContent.Trim());
        Assert.Contains(queue.FindAll(".queue-views a"), a => a.TextContent.StartsWith("My teams", StringComparison.Ordinal));

        Go($"/queue?view=all&tenant={_acme.Slug}&team=none");
        queue = Render<QueuePage>();
        queue.WaitForAssertion(() => Assert.Equal(["Another"], queue.FindAll(".queue-table .subject").Select(s => s.TextContent)));
    }

    protected override async Task LeaveAsync()
    {
        await base.LeaveAsync();
        await _scope.DisposeAsync();
    }

    private AngleSharp.Dom.IElement Member(IRenderedComponent<SupportTeamsPage> page) => page.FindAll(".team-members label").Single(l => l.TextContent.Trim() == _who);

    // A page that has saved closes its form by its address; until then it might still close the next one's.
    private Task LeftFormAsync() => Until.TrueAsync("the form is left", () => Services.GetRequiredService<NavigationManager>().Uri.EndsWith("/teams", StringComparison.Ordinal));

    private void Go(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    private async Task<SupportTeamView?> TeamAsync()
    {
        await using var scope = _lena.Scope();
        return (await scope.Get<SupportTeamService>().ListAsync(CancellationToken.None)).Value.FirstOrDefault(t => t.Name == _name);
    }
}
