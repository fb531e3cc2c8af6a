using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>What a list shows is in its address: it can be reloaded, sent to a colleague and left by the back button.</summary>
public sealed class ListStateJourneys
{
    [Fact]
    public Task The_customers_list_lives_in_its_address() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-list");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var bob = await acme.PersonAsync(Roles.Viewer, "Bob Colleague");
        for (var i = 1; i <= 27; i++)
            await ada.OpenTicketAsync($"Peering matter {i:00}", priority: i % 2 == 0 ? TicketPriority.High : TicketPriority.Low);
        await ada.OpenTicketAsync("An invoice for the wrong month", category: TicketCategory.Billing);
        var window = await journey.SignInAsync(ada);
        var rows = window.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("Peering matter|An invoice") });

        // Search, filter, order and page go into the address, one after the other.
        await window.GoAsync("/tickets");
        await Expect(rows).ToHaveCountAsync(25);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(window.Address("/tickets?page=2"));
        await Expect(rows).ToHaveCountAsync(3);
        var search = window.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search tickets" }).Last;
        await search.FillAsync("peering");
        await search.PressAsync("Enter");
        await Expect(window.Page).ToHaveURLAsync(window.Address("/tickets?q=peering"));
        await Expect(window.Page.GetByText("1–25 of 27")).ToBeVisibleAsync();
        await Chip(window, "priority").ClickAsync();
        await window.Page.GetByRole(AriaRole.Checkbox, new() { Name = "low" }).CheckAsync();
        await Expect(window.Page).ToHaveURLAsync(window.Address("/tickets?q=peering&priority=low"));
        await Expect(rows).ToHaveCountAsync(14);
        await window.Page.Locator("summary").Filter(new() { HasText = "Last changed first" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Newest first" }).ClickAsync();
        var address = window.Address("/tickets?q=peering&priority=low&sort=created");
        await Expect(window.Page).ToHaveURLAsync(address);
        await Expect(rows.First).ToHaveTextAsync("Peering matter 27");
        var shown = await rows.AllTextContentsAsync();
        Assert.Equal(14, shown.Count);

        // The same list after a reload, and for a colleague at the other node.
        await window.ReloadAsync();
        await Expect(rows).ToHaveTextAsync(shown);
        await Expect(search).ToHaveValueAsync("peering");
        var colleague = await journey.SignInAsync(bob, journey.Stage.Second);
        await colleague.GoAsync("/tickets?q=peering&priority=low&sort=created");
        await Expect(colleague.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("Peering matter|An invoice") })).ToHaveTextAsync(shown);

        // Back leads through the same states in the other order, also from a ticket.
        await rows.First.ClickAsync();
        await Expect(window.Heading("Peering matter 27")).ToBeVisibleAsync();
        await window.Page.GoBackAsync();
        await Expect(rows).ToHaveCountAsync(14);
        await window.Page.GoBackAsync();
        await Expect(window.Page).ToHaveURLAsync(window.Address("/tickets?q=peering&priority=low"));
        await window.Page.GoBackAsync();
        await Expect(window.Page.GetByText("1–25 of 27")).ToBeVisibleAsync();
        await Expect(Chip(window, "priority")).Not.ToContainTextAsync("low");
        await window.Page.GoForwardAsync();
        await Expect(rows).ToHaveCountAsync(14);
    });

    [Fact]
    public Task The_queue_lives_in_its_address() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-queue", "Acme Queue");
        var globex = await journey.Given.TenantAsync("globex-queue", "Globex Queue");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var gil = await globex.PersonAsync(Roles.Admin, "Gil Customer");
        // The queue holds every journey's tickets: a word of its own keeps to these.
        await ada.OpenTicketAsync("Zephyr one", priority: TicketPriority.Low);
        await ada.OpenTicketAsync("Zephyr two", priority: TicketPriority.Critical);
        await gil.OpenTicketAsync("Zephyr three", priority: TicketPriority.High);
        var provider = await journey.Given.OperatorAsync();
        var window = await journey.SignInAsync(await provider.PersonAsync(Roles.Lead, "Lena Lead"));
        var rows = Zephyrs(window);

        // Search, view, filter, order and the chosen ticket go into the address, one after the other.
        await window.GoAsync("/queue");
        var search = window.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search all tenants" });
        await search.FillAsync("zephyr");
        await search.PressAsync("Enter");
        await Expect(window.Page).ToHaveURLAsync(window.Address("/queue?view=all&q=zephyr"));
        await Expect(rows).ToHaveTextAsync(["Zephyr one", "Zephyr two", "Zephyr three"]);
        await window.Page.Locator("summary").Filter(new() { HasText = "Longest waiting" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Most urgent" }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(window.Address("/queue?view=all&q=zephyr&sort=priority"));
        await Expect(rows).ToHaveTextAsync(["Zephyr two", "Zephyr three", "Zephyr one"]);
        await Chip(window, "tenant").ClickAsync();
        await window.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Acme Queue" }).CheckAsync();
        await Expect(window.Page).ToHaveURLAsync(window.Address("/queue?view=all&q=zephyr&tenant=acme-queue&sort=priority"));
        await Expect(rows).ToHaveTextAsync(["Zephyr two", "Zephyr one"]);
        await rows.Last.ClickAsync();
        await Expect(window.Chosen("Zephyr one")).ToBeVisibleAsync();
        var address = window.Page.Url;
        Assert.EndsWith("&sort=priority&ticket=ACMEQU-1&of=acme-queue", address, StringComparison.Ordinal);

        // The same after a reload, and for a colleague at the other node.
        var colleague = await journey.SignInAsync(await provider.PersonAsync(Roles.Agent, "Priya Agent"), journey.Stage.Second);
        await window.ReloadAsync();
        await colleague.GoAsync(new Uri(address).PathAndQuery);
        foreach (var screen in new[] { window, colleague })
        {
            await Expect(screen.Chosen("Zephyr one")).ToBeVisibleAsync();
            await Expect(Zephyrs(screen)).ToHaveTextAsync(["Zephyr two", "Zephyr one"]);
            await Expect(Chip(screen, "tenant")).ToContainTextAsync("Acme Queue");
            await Expect(screen.Page.Locator("summary").Filter(new() { HasText = "Most urgent" })).ToBeVisibleAsync();
        }

        // Back leads through the same states in the other order, also from the ticket's own page.
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Open full ticket" }).ClickAsync();
        await Expect(window.Heading("Zephyr one")).ToBeVisibleAsync();
        await window.Page.GoBackAsync();
        await Expect(window.Chosen("Zephyr one")).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Close panel" }).ClickAsync();
        await Expect(window.Peek()).ToHaveCountAsync(0);
        await window.Page.GoBackAsync();
        await Expect(window.Chosen("Zephyr one")).ToBeVisibleAsync();
        await window.Page.GoBackAsync();
        await Expect(window.Peek()).ToHaveCountAsync(0);
        await window.Page.GoBackAsync();
        await Expect(rows).ToHaveTextAsync(["Zephyr two", "Zephyr three", "Zephyr one"]);
        await window.Page.GoForwardAsync();
        await Expect(rows).ToHaveTextAsync(["Zephyr two", "Zephyr one"]);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Remove filter tenant" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(3);
    });

    [Fact]
    public Task An_empty_list_says_why_and_what_to_do() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-empty");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var window = await journey.SignInAsync(ada);
        await window.GoAsync("/tickets");
        await Expect(window.Heading("No tickets yet")).ToBeVisibleAsync();
        await ada.OpenTicketAsync("The first of all");
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = "The first of all" })).ToBeVisibleAsync();
        await window.GoAsync("/tickets?view=closed");
        await Expect(window.Heading("No ticket is here")).ToBeVisibleAsync();
        await window.GoAsync("/tickets?view=all&q=nowhere");
        await Expect(window.Heading("Nothing matches")).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Take the filters away" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = "The first of all" })).ToBeVisibleAsync();

        var staff = await journey.SignInAsync(await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent"));
        await staff.GoAsync("/queue?tenant=acme-empty&view=my-open");
        await Expect(staff.Heading("Nothing matches")).ToBeVisibleAsync();
        await staff.GoAsync("/queue?view=my-open");
        await Expect(staff.Heading("You have no open ticket")).ToBeVisibleAsync();
    });

    private static ILocator Zephyrs(Window window) => window.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link, new() { NameRegex = new("^Zephyr") });

    private static ILocator Chip(Window window, string field) => window.Page.GetByRole(AriaRole.Group, new() { Name = "Filters" }).Locator("summary").Filter(new() { HasText = field });
}
