using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>
/// Every page and what opens on top of it, at 1440, 390 and 320 px, light and dark: axe finds nothing against WCAG 2.2 A and AA, and
/// nothing scrolls sideways, whatever people have written into it.
/// </summary>
public sealed class EveryPageJourneys
{
    private static readonly string Word = new('x', 180);

    private static readonly string Writing = $"""
        # {Word}

        Since *08:40*, `{Word}`, see [the page](https://example.test/{Word}):

        ```
        {Word}{Word}
        ```

        | a | b | c |
        |---|---|---|
        | {Word} | {Word} | {Word} |

        > quoted, https://example.test/{Word}
        """;

    [Fact]
    public Task Pages_before_sign_in_have_no_fault() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-axe-out", "Acme With A Name That Is Long Enough To Wrap");
        var closed = await journey.Given.TenantAsync("acme-axe-closed");
        await closed.SuspendAsync();
        var window = await journey.OpenAsync(acme.Slug);
        window.Problems.Expect("40[34]");
        foreach (var address in new[]
        {
            window.Address("/account/signed-out"), window.Address("/account/access-denied"), window.Address("/account/second-factor"), window.Node.BaseAddress, window.Node.AddressOf("nobody-at-all"),
            window.Node.AddressOf(closed.Slug), window.Node.AddressOf("api", "/reference"), window.Address("/account/forgot-password"),
            window.Address("/account/reset-password"), window.Address("/account/confirm-email"), window.Address("/account/invitation"), window.Address("/account/sign-in"),
        })
        {
            await window.Page.GotoAsync(address);
            await Faults.NoneAsync(window.Page);
        }
        await window.SubmitSignInAsync("nobody@acme.test", "wrong password");
        await Expect(window.Page.GetByText("That e-mail and password do not match")).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
    });

    [Fact]
    public Task Pages_of_customers_have_no_fault() => Journey.RunAsync(async journey =>
    {
        var (acme, ticket, _) = await LivelyTenantAsync(journey, "acme-axe");
        await acme.ApiKeyAsync("tickets:read", "tickets:write");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer-With-A-Long-Double-Name");
        var window = await journey.SignInAsync(ada);
        window.Problems.Expect("404");
        foreach (var path in new[] { "/home", "/audit", "/tickets?view=all", "/tickets?priority=low&q=nothing-at-all", $"/tickets/{ticket.Number}", "/tickets/NONE-1", "/settings", "/profile", "/profile/security", "/isolation", "/team", "/team?q=nobody-at-all", "/team?view=invited", "/team?view=invite", $"/team/{ada.Summary.Id}", "/api-keys", $"/api-keys?key={Guid.CreateVersion7()}" })
        {
            await window.GoAsync(path);
            await Faults.NoneAsync(window.Page);
        }

        await window.Page.GotoAsync(window.Address("/no-such-page"));
        await Expect(window.Heading("There is no such page")).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);

        // With what opens on top: a dialog, menus, a preview, the messages of a refused form.
        await window.GoAsync($"/tickets/{ticket.Number}");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Close ticket" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.GoAsync("/tickets");
        await window.Page.Locator("summary").Filter(new() { HasText = "priority" }).ClickAsync();
        await Faults.NoneAsync(window.Page);
        await window.AccountMenu().ClickAsync();
        await Faults.NoneAsync(window.Page);
        await window.GoAsync("/api-keys");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "a journey" }).ClickAsync();
        await Expect(window.Page.Locator(".key-details")).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.GoAsync("/webhooks");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add endpoint" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.Page.GetByLabel("Address").FillAsync("http://127.0.0.1:9/nobody-listens-here");
        await window.Page.GetByRole(AriaRole.Checkbox, new() { Name = "ticket.created" }).CheckAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Create endpoint" }).ClickAsync();
        await Expect(window.Page.GetByLabel("I have stored it")).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.Page.GetByLabel("I have stored it").CheckAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(window.Page.Locator(".endpoint-headline")).ToBeVisibleAsync();
        await window.Page.Locator(".endpoint-headline").GetByRole(AriaRole.Button, new() { Name = "Verify signatures" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.Page.Keyboard.PressAsync("Escape");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Recover failed…" }).ClickAsync();
        await window.Page.GetByLabel("Made").SelectOptionAsync("between two times");
        await Expect(window.Page.GetByLabel("From")).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.Page.Keyboard.PressAsync("Escape");
        // The address leads to nobody, so the test fails and says why.
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Send webhook.test" }).First.ClickAsync();
        await window.Page.Locator(".log-table .type a").First.ClickAsync();
        await Expect(window.Page.Locator(".inspector .exchange")).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.GoAsync("/tickets/new");
        await window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Description" }).FillAsync(Writing);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Open ticket" }).ClickAsync();
        await Expect(window.Page.GetByLabel("Subject")).ToHaveAttributeAsync("aria-invalid", "true");
        await window.Page.GetByRole(AriaRole.Tab, new() { Name = "Preview" }).ClickAsync();
        await Expect(window.Page.Locator(".editor-preview")).ToContainTextAsync("quoted");
        await Faults.NoneAsync(window.Page);

        // A role that only reads, and a tenant in which nothing has happened.
        var viewer = await journey.SignInAsync(await acme.PersonAsync(Roles.Viewer, "Vera Viewer"));
        foreach (var path in new[] { $"/tickets/{ticket.Number}", "/tickets/new" })
        {
            await viewer.GoAsync(path);
            await Faults.NoneAsync(viewer.Page);
        }
        var nobody = await journey.SignInAsync(await (await journey.Given.TenantAsync("acme-axe-empty")).PersonAsync(Roles.Admin, "Nora Newcomer"));
        foreach (var path in new[] { "/home", "/tickets", "/api-keys", "/webhooks" })
        {
            await nobody.GoAsync(path);
            await Faults.NoneAsync(nobody.Page);
        }
    });

    [Fact]
    public Task Pages_of_staff_have_no_fault() => Journey.RunAsync(async journey =>
    {
        var (acme, ticket, priya) = await LivelyTenantAsync(journey, "acme-axe-staff");
        var window = await journey.SignInAsync(priya);
        window.Problems.Expect("404");
        foreach (var path in new[]
        {
            $"/queue?view=all&tenant={acme.Slug}", $"/queue?tenant={acme.Slug}&ticket={ticket.Number}&of={acme.Slug}", "/queue?view=my-open&q=nothing",
            $"/queue/{acme.Slug}/{ticket.Number}", $"/queue/{acme.Slug}/{ticket.Number}?write=note", $"/queue/{acme.Slug}/NONE-1", "/sla", "/sla?clock=resolution", "/sla/policies", "/reports", "/reports?period=year&by=agent", "/reports?category=billing", "/webhook-health", "/webhook-health?view=all", "/outbox", $"/outbox?view=deliveries&tenant={acme.Slug}", "/profile/security",
            $"/tenants?q={acme.Slug}", "/tenants?q=nobody-has-this-name", $"/tenants/{acme.Slug}", "/tenants/no-such-tenant",
        })
        {
            await window.GoAsync(path);
            await Faults.NoneAsync(window.Page);
        }
        var platform = await journey.SignInAsync(await (await journey.Given.OperatorAsync()).PersonAsync(Roles.PlatformAdmin, "Pia Platform"));
        foreach (var path in new[] { "/tenants/new", "/team", "/audit", "/macros", "/macros?macro=new", "/macros?q=nothing-at-all", "/teams", "/teams?team=new", $"/tenants/{acme.Slug}" })
        {
            await platform.GoAsync(path);
            await Faults.NoneAsync(platform.Page);
        }
        await window.GoAsync("/outbox");
        await window.Page.GetByRole(AriaRole.List, new() { Name = "E-mail, newest first" }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(window.Page.Locator("iframe.mail-body")).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
        await window.GoAsync($"/queue?tenant={acme.Slug}");
        await window.Page.Keyboard.PressAsync("?");
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
    });

    [Fact]
    public Task Pages_that_change_tenants_have_no_fault() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-axe-change", "Acme With A Name That Is Long Enough To Wrap");
        var window = await journey.SignInAsync(await (await journey.Given.OperatorAsync()).PersonAsync(Roles.PlatformAdmin, "Pat Platform"));
        await window.GoAsync("/tenants/new");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Create tenant" }).ClickAsync();
        await Expect(window.Page.GetByLabel("E-mail")).ToHaveAttributeAsync("aria-invalid", "true");
        await Faults.NoneAsync(window.Page);
        await window.GoAsync($"/tenants/{acme.Slug}");
        await Faults.NoneAsync(window.Page);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Off-board" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
    });

    /// <summary>A tenant with a ticket of every status, one of them with a conversation of all kinds and words that do not wrap.</summary>
    private static async Task<(GivenTenant Tenant, TicketView Ticket, GivenPerson Agent)> LivelyTenantAsync(Journey journey, string slug)
    {
        var acme = await journey.Given.TenantAsync(slug, "Acme With A Name That Is Long Enough To Wrap");
        var gil = await acme.PersonAsync(Roles.Admin, "Gil Customer");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        foreach (var (status, i) in Enum.GetValues<TicketStatus>().Select((status, i) => (status, i)))
        {
            var other = await gil.OpenTicketAsync($"A matter that is {WireName.Of(status)}", priority: (TicketPriority)(i % 4));
            if (status is TicketStatus.Open)
                continue;
            var mine = await priya.InAsync(acme, t => t.EditAsync(other.Id, new EditTicket { AssigneeId = priya.Summary.Id }, other.Version, CancellationToken.None));
            await priya.InAsync(acme, t => t.EditAsync(other.Id, new EditTicket { Status = status }, mine.Version, CancellationToken.None));
        }
        var ticket = await gil.OpenTicketAsync(Word, Writing, TicketPriority.Critical, TicketCategory.Security);
        await gil.CommentAsync(ticket, Writing);
        await priya.InAsync(acme, t => t.NoteAsync(ticket.Id, Writing, CancellationToken.None));
        await priya.InAsync(acme, t => t.CommentAsync(ticket.Id, new AddComment { Body = "We look into it.", Status = TicketStatus.InProgress }, CancellationToken.None));
        return (acme, ticket, priya);
    }
}
