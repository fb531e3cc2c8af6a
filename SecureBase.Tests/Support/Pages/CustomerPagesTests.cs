using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Support.Components;
using SecureBase.Portal.Support.Pages;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Pages;

/// <summary>The customer's pages on the real services.</summary>
public sealed class CustomerPagesTests(PortalFixture fixture) : ComponentTest, IClassFixture<PortalFixture>
{
    private Scope? _scope;

    [Fact]
    public async Task NewTicket_LimitedPlan_CountsDown_WarnsAndRefuses_ButTakesWhatIsUrgent()
    {
        var initech = await fixture.Given.TenantAsync(plan: Plan.Standard);
        var ada = await initech.PersonAsync(Roles.Analyst);
        for (var i = 0; i < 4; i++)
            await ada.OpenTicketAsync();
        As(ada);
        var page = Render<NewTicketPage>();
        page.WaitForAssertion(() => Assert.StartsWith("4 of 5 tickets used", page.Find(".allowance").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".notice"));

        await ada.OpenTicketAsync();
        page = Render<NewTicketPage>();
        page.WaitForAssertion(() => Assert.StartsWith("All 5 tickets", page.Find(".notice.warn .allowance").TextContent, StringComparison.Ordinal));
        await page.ChangeAsync("#subject", "One too many");
        await page.ChangeAsync("#description", "It is the sixth.");
        await page.SubmitAsync("form");
        page.WaitForAssertion(() => Assert.StartsWith("Your plan, standard, includes 5 tickets a month, and all are used.", page.Find(".notice.danger").TextContent.Trim(), StringComparison.Ordinal));
        Assert.Equal("One too many", page.Find("#subject").GetAttribute("value"));

        await page.ChangeAsync("input[value=critical]", "critical");
        await page.SubmitAsync("form");
        page.WaitForAssertion(() => Assert.Matches(@"/tickets/[A-Z0-9]+-\d+$", Address));
    }

    [Fact]
    public async Task NewTicket_UnlimitedPlan_SaysNothingOfLimits()
    {
        As(await (await fixture.Given.TenantAsync(plan: Plan.Government)).PersonAsync(Roles.Analyst));
        var page = Render<NewTicketPage>();
        page.WaitForElement("#subject");
        Assert.Empty(page.FindAll(".allowance"));
    }

    [Fact]
    public async Task NewTicket_EmptyForm_NamesEverythingThatIsMissing()
    {
        As(await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Analyst));
        var page = Render<NewTicketPage>();
        page.WaitForElement("#subject");
        await page.SubmitAsync("form");
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("#subject").GetAttribute("aria-invalid")));
        Assert.NotNull(page.Find("#subject-error"));
        Assert.NotNull(page.Find("#description-error"));
    }

    [Fact]
    public async Task NewTicket_Viewer_IsToldWhoCan()
    {
        As(await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Viewer));
        var page = Render<NewTicketPage>();
        page.WaitForAssertion(() => Assert.Contains("Your role does not open tickets", page.Markup, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("form"));
    }

    [Fact]
    public async Task List_OffersEverybodyWhoWorksForTheOrganisation_NotOnlyThoseOnThePage()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Admin);
        var provider = await fixture.Given.OperatorAsync();
        var (priya, quinn) = (await provider.PersonAsync(Roles.Agent, name: "Priya"), await provider.PersonAsync(Roles.Agent, name: "Quinn"));
        await AssignAsync(priya, acme, await ada.OpenTicketAsync("The peering drops"));
        await AssignAsync(quinn, acme, await ada.OpenTicketAsync("The vault is closed"));
        As(ada);
        Go("/tickets?q=peering");

        var page = Render<TicketsPage>();

        page.WaitForAssertion(() => Assert.Equal(["The peering drops"], page.FindAll(".ticket-cards .subject").Select(s => s.TextContent)));
        page.WaitForAssertion(() =>
        {
            var chip = page.FindAll(".chip-group").Single(c => c.QuerySelector("summary")!.TextContent.Contains("assignee", StringComparison.Ordinal));
            Assert.Equal(["unassigned", "Priya", "Quinn"], chip.QuerySelectorAll(".menu-panel a").Select(a => (a.QuerySelector(".person > .ellipsis") ?? a).TextContent.Trim()));
        });
    }

    [Fact]
    public async Task Ticket_EditLink_OpensTheForm_AndSavingLeadsBack()
    {
        var ada = await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Analyst);
        var ticket = await ada.OpenTicketAsync("The peering drops", "Since 08:40.");
        As(ada);
        var path = $"/tickets/{ticket.Number}";
        Go(path);
        var page = Render<TicketPage>(p => p.Add(t => t.Number, ticket.Number));
        page.WaitForAssertion(() => Assert.Equal(path + "?edit=true", page.Find(".ticket-head .edit").GetAttribute("href")));

        Go(path + "?edit=true");
        page = Render<TicketPage>(p => p.Add(t => t.Number, ticket.Number));
        page.WaitForAssertion(() => Assert.False(page.Find("#edit-subject").HasAttribute("readonly")));
        await page.ChangeAsync("#edit-subject", "The peering is down");
        await page.SubmitAsync(".edit-ticket");

        page.WaitForAssertion(() => Assert.Equal("The peering is down", page.Find("h1").TextContent));
        page.WaitForAssertion(() => Assert.EndsWith(path, Address, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal($"{ticket.Number} is changed", Assert.Single(Toasts.Current).Title));
    }

    [Fact]
    public async Task Ticket_Viewer_ReadsOnly_AndIsToldWhy()
    {
        var acme = await fixture.Given.TenantAsync();
        var ticket = await (await acme.PersonAsync(Roles.Analyst)).OpenTicketAsync();
        As(await acme.PersonAsync(Roles.Viewer));
        Go($"/tickets/{ticket.Number}?edit=true");
        var page = Render<TicketPage>(p => p.Add(t => t.Number, ticket.Number));
        page.WaitForAssertion(() => Assert.StartsWith("Your role, viewer, reads tickets.", page.Find(".conversation-end").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".edit-ticket, .ticket-head .edit, .composer"));
    }

    [Fact]
    public async Task Ticket_OfAnotherOrganisation_IsNotThere()
    {
        var secret = await (await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Analyst)).OpenTicketAsync("The secret of another");
        As(await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Admin));
        var page = Render<TicketPage>(p => p.Add(t => t.Number, secret.Number));
        page.WaitForAssertion(() => Assert.Contains("There is no such ticket", page.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain("The secret of another", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sidebar_SaysHowOftenStaffCameIn()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.PersonAsync(Roles.Viewer);
        As(ada);
        Assert.DoesNotContain("Our staff", Render<StaffVisitsLine>().Markup, StringComparison.Ordinal);

        var provider = await fixture.Given.OperatorAsync();
        foreach (var agent in new[] { await provider.PersonAsync(Roles.Agent), await provider.PersonAsync(Roles.Lead) })
        {
            await using var desk = agent.Scope();
            for (var i = 0; i < 3; i++)
                await (await desk.Get<StaffAccess>().EnterAsync(acme.Slug, CancellationToken.None)).Value.DisposeAsync();
        }

        var line = Render<StaffVisitsLine>();
        line.WaitForAssertion(() => Assert.Equal("Our staff opened your data 2 times this week.", line.Markup.Replace("<b>", "", StringComparison.Ordinal).Replace("</b>", "", StringComparison.Ordinal).Trim()));
    }

    protected override async Task LeaveAsync()
    {
        await base.LeaveAsync();
        if (_scope is not null)
            await _scope.DisposeAsync();
    }

    private void As(GivenPerson person)
    {
        // The services' clock is the system's, and so is the plan's month.
        Services.AddSingleton(TimeProvider.System);
        _scope = person.Scope();
        Serve(_scope);
    }

    private void Go(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    private static async Task AssignAsync(GivenPerson agent, GivenTenant tenant, TicketView ticket)
    {
        await using var scope = agent.Scope(tenant);
        Assert.True((await scope.Get<TicketService>().EditAsync(ticket.Id, new EditTicket { AssigneeId = agent.Id }, null, CancellationToken.None)).IsSuccess);
    }
}
