using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Everything by keys, and no key taken away from who types.</summary>
public sealed class KeyboardJourneys
{
    [Fact]
    public Task Staff_work_through_the_queue_by_keys() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-keys", "Acme Keys");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        for (var i = 1; i <= 22; i++)
            await ada.OpenTicketAsync($"Matter {i:00}");
        var window = await journey.SignInAsync(await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent"));
        await window.GoAsync("/queue?tenant=acme-keys");
        var keys = window.Page.Keyboard;

        await Window.SettledAsync(window.Page);
        await keys.PressAsync("j");
        await Expect(window.Chosen("Matter 01")).ToBeVisibleAsync();
        await keys.PressAsync("k");
        await Expect(window.Chosen("Matter 01")).ToBeVisibleAsync();

        // However fast they come, each key is a step, and the chosen row stays in sight.
        for (var i = 0; i < 21; i++)
            await keys.PressAsync("j");
        await Expect(window.Chosen("Matter 22")).ToBeVisibleAsync();
        await Expect(window.Row("Matter 22")).ToBeInViewportAsync();
        for (var i = 0; i < 20; i++)
            await keys.PressAsync("k");
        await Expect(window.Chosen("Matter 02")).ToBeVisibleAsync();
        await Expect(window.Row("Matter 02")).ToBeInViewportAsync();
        await Expect(window.Peek()).ToContainTextAsync("Nobody is assigned");
        await keys.PressAsync("a");
        await Expect(window.Peek()).ToContainTextAsync("Priya Agent works on it");

        await keys.PressAsync("f");
        var choice = window.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Acme Keys" });
        await Expect(choice).ToBeVisibleAsync();
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("Escape");
        await Expect(choice).ToBeHiddenAsync();
        await Expect(window.Page.Locator("summary[data-shortcut=f]")).ToBeFocusedAsync();

        await keys.PressAsync("n");
        await Expect(window.Page).ToHaveURLAsync(window.Address($"/queue/{acme.Slug}/ACMEKE-2?write=note"));
        await Expect(window.Note()).ToBeFocusedAsync();
        await Expect(window.Note()).ToBeEditableAsync();
        await keys.TypeAsync("by keys alone");
        await keys.PressAsync("Control+Enter");
        await Expect(window.Conversation().GetByText("by keys alone")).ToBeVisibleAsync();

        await window.Page.GoBackAsync();
        await Expect(window.Chosen("Matter 02")).ToBeVisibleAsync();
        await keys.PressAsync("r");
        await Expect(window.Reply()).ToBeFocusedAsync();
        await Expect(window.Reply()).ToBeEditableAsync();
        await keys.TypeAsync("Ctrl and Enter send");
        await keys.PressAsync("Control+Enter");
        await Expect(window.Conversation().GetByText("Ctrl and Enter send")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Customers_find_open_and_answer_tickets_by_keys() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-slash");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var ticket = await ada.OpenTicketAsync("A matter to find");
        var window = await journey.SignInAsync(ada);
        var keys = window.Page.Keyboard;

        await window.GoAsync("/tickets");
        await Window.SettledAsync(window.Page);
        await keys.PressAsync("/");
        await keys.TypeAsync("find");
        await keys.PressAsync("Enter");
        await Expect(window.Page).ToHaveURLAsync(window.Address("/tickets?q=find"));
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = ticket.Subject })).ToBeVisibleAsync();

        await window.GoAsync("/home");
        await keys.PressAsync("c");
        await Expect(window.Heading("New ticket")).ToBeFocusedAsync();
        await window.Page.GetByLabel("Subject").FocusAsync();
        await Expect(window.Page.GetByLabel("Subject")).ToBeEditableAsync();
        await keys.TypeAsync("Opened by keys");
        await keys.PressAsync("Tab");
        await keys.PressAsync("ArrowUp");
        await keys.PressAsync("Tab");
        await keys.PressAsync("Tab");
        await keys.PressAsync("Tab");
        await Expect(window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Description" })).ToBeFocusedAsync();
        await keys.TypeAsync("Not a single click.");
        await keys.PressAsync("Control+Enter");
        await Expect(window.Heading("Opened by keys")).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".ticket-head").GetByText("high", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(window.Reply()).ToBeEditableAsync();

        await keys.PressAsync("r");
        await Expect(window.Reply()).ToBeFocusedAsync();
        await Expect(window.Reply()).ToBeEditableAsync();
        await keys.TypeAsync("Nor for this.");
        await keys.PressAsync("Control+Enter");
        await Expect(window.Conversation().GetByText("Nor for this.")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Keys_are_letters_again_while_somebody_types() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-letters");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var ticket = await ada.OpenTicketAsync("The first matter");
        var window = await journey.SignInAsync(await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent"));
        await window.GoAsync("/queue?tenant=acme-letters");
        var search = window.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search all tenants" });
        await search.PressSequentiallyAsync("jkarnfc?/");
        await Expect(search).ToHaveValueAsync("jkarnfc?/");
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.Equal(window.Address("/queue?tenant=acme-letters"), window.Page.Url);

        await window.GoAsync($"/queue/{acme.Slug}/{ticket.Number}");
        await window.Reply().TypeAtOnceAsync("jkarnfc?/");
        await Expect(window.Reply()).ToHaveValueAsync("jkarnfc?/");
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Expect(window.Page.GetByLabel("Assignee")).ToHaveValueAsync("");
    });

    [Fact]
    public Task A_dialog_keeps_the_focus_and_gives_it_back() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-dialog");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var ticket = await ada.OpenTicketAsync("A matter to close");
        var window = await journey.SignInAsync(ada);
        await window.GoAsync($"/tickets/{ticket.Number}");
        var keys = window.Page.Keyboard;

        await keys.PressAsync("?");
        var sheet = window.Page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });
        await Expect(sheet).ToBeVisibleAsync();
        await FocusStaysInAsync(window);
        await keys.PressAsync("r");
        await Expect(sheet).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(sheet).ToBeHiddenAsync();

        var close = window.Page.GetByRole(AriaRole.Button, new() { Name = "Close ticket" });
        await close.FocusAsync();
        await keys.PressAsync("Enter");
        await Expect(window.Page.GetByRole(AriaRole.Dialog, new() { Name = $"Close {ticket.Number}" })).ToBeVisibleAsync();
        await FocusStaysInAsync(window);
        await keys.PressAsync("Escape");
        await Expect(close).ToBeFocusedAsync();
        await Expect(window.Status("open")).ToBeVisibleAsync();
    });

    [Fact]
    public Task The_focus_goes_through_each_page_in_order_and_is_always_seen() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-focus");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var ticket = await ada.OpenTicketAsync("A matter to look at");
        var provider = await journey.Given.OperatorAsync();
        var signIn = await journey.OpenAsync(acme.Slug);
        await signIn.Page.GotoAsync(signIn.Address("/account/sign-in"));
        await EveryStopShowsFocusAsync(signIn);
        var customer = await journey.SignInAsync(ada);
        var staff = await journey.SignInAsync(await provider.PersonAsync(Roles.Agent, "Priya Agent"));
        foreach (var (window, path) in new[]
        {
            (customer, "/home"), (customer, "/tickets"), (customer, "/tickets/new"), (customer, $"/tickets/{ticket.Number}"),
            (staff, $"/queue?tenant=acme-focus&ticket={ticket.Number}&of={acme.Slug}"), (staff, $"/queue/{acme.Slug}/{ticket.Number}"), (staff, "/outbox?view=deliveries"),
        })
        {
            await window.GoAsync(path);
            await EveryStopShowsFocusAsync(window);
        }

        // The first stop leads past the navigation.
        await customer.GoAsync("/tickets");
        await customer.Page.Keyboard.PressAsync("Tab");
        await Expect(customer.Page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" })).ToBeFocusedAsync();
        await customer.Page.Keyboard.PressAsync("Enter");
        await Expect(customer.Page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();
    });

    private static async Task FocusStaysInAsync(Window window)
    {
        foreach (var key in new[] { "Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab" })
        {
            // Between two rounds the browser's own controls have the focus; nothing of the page behind ever has.
            Assert.True(await window.Page.EvaluateAsync<bool>("() => document.activeElement === document.body || document.activeElement.closest('dialog[open]') !== null"));
            await window.Page.Keyboard.PressAsync(key);
        }
    }

    /// <summary>Tabs through the page once: first the way past everything, then navigation, top bar and content; each stop in sight and with a ring.</summary>
    private static async Task EveryStopShowsFocusAsync(Window window)
    {
        const int Most = 80;
        var (stops, region) = (0, 0);
        await Window.SettledAsync(window.Page);
        await window.Page.EvaluateAsync("() => { document.activeElement?.blur(); scrollTo(0, 0); }");
        for (; stops < Most; stops++)
        {
            await window.Page.Keyboard.PressAsync("Tab");
            var stop = await window.Page.EvaluateAsync<Stop?>("""
                () => {
                  const focused = document.activeElement;
                  if (focused === document.body) return null;
                  const ring = e => e && getComputedStyle(e).outlineStyle !== "none" && parseFloat(getComputedStyle(e).outlineWidth) >= 2;
                  const box = focused.getBoundingClientRect();
                  const places = [".skip-link", ".sidebar, .rail", ".top-bar", "main"];
                  return {
                    Html: focused.outerHTML.slice(0, 200),
                    IsSeen: [focused, focused.closest(".editor, .find, .jump, label")].some(ring) && box.width > 0 && box.bottom > 0 && box.top < innerHeight,
                    Region: places.findIndex(place => focused.closest(place)),
                  };
                }
                """);
            if (stop is null)
                break;
            Assert.True(stop.IsSeen, $"{window.Page.Url}: the focus is not seen on {stop.Html}");
            Assert.True(stop.Region >= region, $"{window.Page.Url}: the focus jumps back to {stop.Html}");
            region = stop.Region;
        }
        Assert.InRange(stops, 3, Most - 1);
    }

    private sealed record Stop
    {
        public string Html { get; init; } = "";

        public bool IsSeen { get; init; }

        public int Region { get; init; }
    }
}
