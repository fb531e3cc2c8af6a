using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Macros;
using SecureBase.Core.Support.Presence;
using SecureBase.Portal.Support.Admin;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Admin;

/// <summary>The staff's pages on the real services.</summary>
public sealed class StaffPagesTests(PortalFixture fixture) : ComponentTest, IClassFixture<PortalFixture>
{
    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;
    private GivenPerson _priya = null!;
    private GivenPerson _quinn = null!;
    private Scope _scope = null!;

    public override async Task InitializeAsync()
    {
        _acme = await fixture.Given.TenantAsync();
        _ada = await _acme.PersonAsync(Roles.Admin, name: "Ada");
        var provider = await fixture.Given.OperatorAsync();
        (_priya, _quinn) = (await provider.PersonAsync(Roles.Agent, name: "Priya"), await provider.PersonAsync(Roles.Agent, name: "Quinn"));
        _scope = _priya.Scope();
        Services.AddSingleton(TimeProvider.System);
        // A collection is never taken from the services behind, and the page asks for one: an installation may have no folder.
        Services.AddSingleton(fixture.Portal.Services.GetRequiredService<MailFolder>());
        Serve(_scope);
    }

    [Fact]
    public async Task Queue_ShowsOthersOnARow_AsTheyComeAndType_AndNotMyself()
    {
        var ticket = await _ada.OpenTicketAsync("The peering drops");
        await ShowAsync(_priya, ticket, PresenceState.Typing);
        Go($"/queue?tenant={_acme.Slug}");
        var page = Render<QueuePage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".queue-table .subject")));
        Assert.Empty(page.FindAll(".presence"));

        await ShowAsync(_quinn, ticket, PresenceState.Viewing);
        page.WaitForAssertion(() => Assert.Equal("Quinn is viewing", page.Find(".presence").TextContent));
        await ShowAsync(_ada, ticket, PresenceState.Typing);
        page.WaitForAssertion(() => Assert.Equal("Ada is typing, 1 more here", page.Find(".presence").TextContent));
    }

    [Fact]
    public async Task Queue_FiltersByAnyColleague_AlsoOneWithoutATicketHere()
    {
        var mine = await _ada.OpenTicketAsync("Mine");
        await _ada.OpenTicketAsync("Nobody's");
        await using (var scope = _priya.Scope(_acme))
            await scope.Get<TicketService>().EditAsync(mine.Id, new EditTicket { AssigneeId = _priya.Id }, null, CancellationToken.None);
        Go($"/queue?tenant={_acme.Slug}&assignee=none");
        var page = Render<QueuePage>();
        page.WaitForAssertion(() => Assert.Equal(["Nobody's"], page.FindAll(".queue-table .subject").Select(s => s.TextContent)));
        page.WaitForAssertion(() =>
        {
            var chip = page.FindAll(".chip-group").Single(c => c.QuerySelector("summary")!.TextContent.Contains("assignee", StringComparison.Ordinal));
            Assert.Equal("unassigned", chip.QuerySelector("summary b")!.TextContent);
            Assert.Contains(chip.QuerySelectorAll(".menu-panel a"), a => a.GetAttribute("href") == $"/queue?tenant={_acme.Slug}&assignee={_quinn.Id}");
        });

        Go($"/queue?tenant={_acme.Slug}&assignee={_priya.Id}");
        page = Render<QueuePage>();
        page.WaitForAssertion(() => Assert.Equal(["Mine"], page.FindAll(".queue-table .subject").Select(s => s.TextContent)));
    }

    [Fact]
    public async Task Queue_AllTickets_StandInOneBandEach_HoweverTheirStatusesMix()
    {
        foreach (var status in new[] { TicketStatus.WaitingCustomer, TicketStatus.Resolved, TicketStatus.WaitingCustomer, TicketStatus.Closed, TicketStatus.Open, TicketStatus.WaitingCustomer })
        {
            var ticket = await _ada.OpenTicketAsync(WireName.Of(status));
            await using var scope = _priya.Scope(_acme);
            Assert.True((await scope.Get<TicketService>().EditAsync(ticket.Id, new EditTicket { Status = status }, null, CancellationToken.None)).IsSuccess);
        }
        Go($"/queue?view=all&tenant={_acme.Slug}");
        var page = Render<QueuePage>();
        page.WaitForAssertion(() => Assert.Equal(["Within the hour 1", "The customer’s turn 3", "Done 2"], page.FindAll(".band").Select(b => b.TextContent.Trim())));
    }

    [Fact]
    public async Task Queue_KeepsItsFiltersAsAView_WhichIsNamedCountedAndDeletedWithUndo()
    {
        var ticket = await _ada.OpenTicketAsync("Vault is sealed");
        await _ada.OpenTicketAsync("Another");
        await using (var scope = _priya.Scope(_acme))
            await scope.Get<TicketService>().EditAsync(ticket.Id, new EditTicket { Tags = ["vault"] }, null, CancellationToken.None);
        var navigation = Services.GetRequiredService<NavigationManager>();
        Go($"/queue?view=all&tenant={_acme.Slug}&tag=vault");
        var page = Render<QueuePage>();
        page.WaitForAssertion(() => Assert.Equal(["Vault is sealed"], page.FindAll(".queue-table .subject").Select(s => s.TextContent)));

        await page.PressAsync(".save-view");
        await page.ChangeAsync("#view-name", "");
        await page.PressAsync(".dialog .button.primary");
        page.WaitForAssertion(() => Assert.Contains("needs a name", page.Find("#view-name-error").TextContent, StringComparison.Ordinal));
        await page.ChangeAsync("#view-name", "Vaults");
        await page.PressAsync(".dialog .button.primary");
        page.WaitForAssertion(() => Assert.Contains("saved=", navigation.Uri, StringComparison.Ordinal));

        Go(new Uri(navigation.Uri).PathAndQuery);
        page = Render<QueuePage>();
        page.WaitForAssertion(() => Assert.Equal("Vaults1", page.Find(".saved-view a[aria-current=page]").TextContent));
        page.WaitForAssertion(() => Assert.Equal("Vaults", page.Find(".filter-bar h2").TextContent));

        await page.PressAsync(".saved-view .menu-panel button", "Delete");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".saved-view")));
        page.WaitForAssertion(() => Assert.Contains(Toasts.Current, t => t.Act is not null));
        await page.InvokeAsync(Toasts.Current.Single(t => t.Act is not null).Act!);
        page.WaitForAssertion(() => Assert.StartsWith("Vaults", page.Find(".saved-view a").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Queue_ChangesTheTickedTickets_AndTakesItBack()
    {
        var (one, two) = (await _ada.OpenTicketAsync("One"), await _ada.OpenTicketAsync("Two"));
        Go($"/queue?view=all&tenant={_acme.Slug}");
        var page = Render<QueuePage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("td.mark input").Count));
        Assert.Empty(page.FindAll(".bulk-bar .acts"));

        await page.ChangeAsync("th.mark input", true);
        page.WaitForAssertion(() => Assert.Contains("2 chosen", page.Find(".bulk-bar").TextContent, StringComparison.Ordinal));
        await page.PressAsync(".bulk-bar .menu-panel button", "critical");
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".queue-table .priority-critical").Count));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".bulk-bar .acts")));

        page.WaitForAssertion(() => Assert.Contains(Toasts.Current, t => t.Act is not null));
        await page.InvokeAsync(Toasts.Current.Single(t => t.Act is not null).Act!);
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".queue-table .priority-medium").Count));
        await using var scope = _ada.Scope();
        foreach (var ticket in new[] { one, two })
            Assert.Equal(TicketPriority.Medium, (await scope.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value.Priority);
    }

    [Fact]
    public async Task Ticket_TakesAMacro_FilledIn_AndSendsItWithItsStatusAndTags()
    {
        var name = "Peering " + Guid.CreateVersion7().ToString("N")[^10..];
        await using (var lead = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Lead)).Scope())
        {
            Assert.True((await lead.Get<MacroService>().CreateAsync(
                new SaveMacro { Name = name, Body = "Hello {{requester.first_name}}, {{agent.first_name}} here.", Status = TicketStatus.WaitingCustomer, Tags = ["peering"] }, CancellationToken.None)).IsSuccess);
        }
        var ticket = await _ada.OpenTicketAsync("The peering drops");
        var page = Render<StaffTicketPage>(p => p.Add(x => x.Tenant, _acme.Slug).Add(x => x.Number, ticket.Number));
        await page.PressAsync("[data-shortcut=m]");
        await page.InputAsync("#macro-search", name);
        page.WaitForAssertion(() => Assert.Contains("Hello Ada, Priya here.", Assert.Single(page.FindAll("[role=option]")).TextContent, StringComparison.Ordinal));
        await page.KeyAsync("#macro-search", "Enter");
        page.WaitForAssertion(() => Assert.Equal("Hello Ada, Priya here.", page.Find("#reply").GetAttribute("value")));
        page.WaitForAssertion(() => Assert.Contains("sets waiting-customer, adds peering", page.Find(".macro-effect").TextContent, StringComparison.Ordinal));
        var reloaded = Render<StaffTicketPage>(p => p.Add(x => x.Tenant, _acme.Slug).Add(x => x.Number, ticket.Number));
        reloaded.WaitForAssertion(() => Assert.Contains("sets waiting-customer, adds peering", reloaded.Find(".macro-effect").TextContent, StringComparison.Ordinal));

        await page.PressAsync("[data-submit]");
        page.WaitForAssertion(() => Assert.Contains("Hello Ada, Priya here.", page.Find(".conversation").TextContent, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".ticket-head .tag"), t => t.TextContent == "peering"));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".macro-effect")));
        await using var scope = _ada.Scope();
        Assert.Equal(TicketStatus.WaitingCustomer, (await scope.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value.Status);
    }

    [Fact]
    public async Task Ticket_IsMergedFromItsPage_WhichThenShowsTheOther_AndUndoBringsItBack()
    {
        var (stub, other) = (await _ada.OpenTicketAsync("Again", "It drops again."), await _ada.OpenTicketAsync("Drops"));
        var navigation = Services.GetRequiredService<NavigationManager>();
        var page = Render<StaffTicketPage>(p => p.Add(x => x.Tenant, _acme.Slug).Add(x => x.Number, stub.Number));
        await page.ChangeAsync("#merge-into", "NONE-1");
        await page.PressAsync(".dialog .button.primary", $"Merge {stub.Number}");
        page.WaitForAssertion(() => Assert.Contains("no ticket NONE-1", page.Find("#merge-into-error").TextContent, StringComparison.Ordinal));
        await page.ChangeAsync("#merge-into", other.Number);
        await page.PressAsync(".dialog .button.primary", $"Merge {stub.Number}");
        page.WaitForAssertion(() => Assert.EndsWith($"/queue/{_acme.Slug}/{other.Number}", navigation.Uri, StringComparison.Ordinal));

        var target = Render<StaffTicketPage>(p => p.Add(x => x.Tenant, _acme.Slug).Add(x => x.Number, other.Number));
        target.WaitForAssertion(() => Assert.Contains(target.FindAll(".message"), m => m.TextContent.Contains("It drops again.", StringComparison.Ordinal) && m.QuerySelector(".tag")?.TextContent == stub.Number));
        target.WaitForAssertion(() => Assert.Contains(stub.Number, target.Find(".related").TextContent, StringComparison.Ordinal));
        await target.InvokeAsync(Toasts.Current.Single(t => t.Act is not null).Act!);
        target.WaitForAssertion(() => Assert.EndsWith($"/queue/{_acme.Slug}/{stub.Number}", navigation.Uri, StringComparison.Ordinal));
        await using var scope = _ada.Scope();
        Assert.Equal((TicketStatus.Open, null), await scope.Get<TicketService>().GetAsync(stub.Id, CancellationToken.None) is { Value: var back } ? (back.Status, back.MergedInto) : default);
    }

    [Fact]
    public async Task QueuePresence_IsForStaffAlone()
    {
        var ticket = await _ada.OpenTicketAsync();
        await ShowAsync(_quinn, ticket, PresenceState.Noting);
        await using var desk = _priya.Scope();
        var item = (await desk.Get<StaffQueue>().FindAsync(_acme.Id, ticket.Id, CancellationToken.None)).Value;
        Assert.Equal([("Quinn", PresenceState.Noting)], (await desk.Get<QueuePresence>().WhoAsync([item], CancellationToken.None))[ticket.Id].Select(p => (p.Name, p.State)));
        await using var customer = _ada.Scope();
        Assert.Empty(await customer.Get<QueuePresence>().WhoAsync([item], CancellationToken.None));
    }

    [Fact]
    public async Task Outbox_ReadsAMessage_AsItLooks_AsText_WithItsHeadAndItsAttempts()
    {
        var ticket = await _ada.OpenTicketAsync("The peering <script>alert(1)</script>");
        var folder = fixture.Portal.Services.GetRequiredService<MailFolder>();
        MailSummary? found = null;
        await Until.TrueAsync("the confirmation is written", async () =>
            (found = (await folder.ListAsync(100, CancellationToken.None)).FirstOrDefault(m => m.To.Contains(_ada.Email, StringComparison.Ordinal))) is not null);
        var id = found!.Id.ToString("N");

        Go($"/outbox?mail={id}");
        var page = Render<OutboxPage>();
        page.WaitForAssertion(() => Assert.Equal("", page.Find("iframe").GetAttribute("sandbox")));
        page.WaitForAssertion(() => Assert.Contains("&lt;script&gt;", page.Find("iframe").GetAttribute("srcdoc"), StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.StartsWith("succeeded in ", page.Find(".attempts li span:nth-child(2)").TextContent, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains($"ticket.created of {_acme.Slug}", page.Find(".attempts p").TextContent, StringComparison.Ordinal));

        Go($"/outbox?mail={id}&as=text");
        page = Render<OutboxPage>();
        page.WaitForAssertion(() => Assert.Contains(ticket.Number, page.Find(".mail-text").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("iframe"));

        Go($"/outbox?mail={id}&as=headers");
        page = Render<OutboxPage>();
        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".mail-headers > div"), line => line.TextContent.StartsWith("Message-ID", StringComparison.Ordinal) && line.TextContent.Contains(id, StringComparison.Ordinal)));
    }

    protected override async Task LeaveAsync()
    {
        await base.LeaveAsync();
        await _scope.DisposeAsync();
    }

    private void Go(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    private async Task ShowAsync(GivenPerson person, TicketView ticket, PresenceState state)
    {
        await using var scope = person.Scope(_acme);
        Assert.True((await scope.Get<PresenceService>().ShowAsync(ticket.Id, person.Id, state, CancellationToken.None)).IsSuccess);
    }
}
