using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Several people on one ticket, on two nodes: each knows of the others, nobody loses a word, and the clock keeps its promise in sight.</summary>
public sealed class TogetherJourneys
{
    [Fact]
    public Task Two_agents_and_a_customer_meet_on_one_ticket() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-together");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var provider = await journey.Given.OperatorAsync();
        var (ticket, again) = (await ada.OpenTicketAsync("The peering drops", priority: TicketPriority.High), await ada.OpenTicketAsync("It drops again", "Again since noon."));
        var customer = await journey.SignInAsync(ada, journey.Stage.First);
        var priya = await journey.SignInAsync(await provider.PersonAsync(Roles.Agent, "Priya Agent"), journey.Stage.First);
        var quinn = await journey.SignInAsync(await provider.PersonAsync(Roles.Agent, "Quinn Agent"), journey.Stage.Second);
        var wire = await Wire.LayAsync(priya);
        await customer.GoAsync($"/tickets/{ticket.Number}");
        await Expect(Promise(customer, "^First reply by .+ and a solution by ")).ToBeVisibleAsync();
        foreach (var agent in new[] { priya, quinn })
            await agent.GoAsync($"/queue/{acme.Slug}/{ticket.Number}");

        // Each sees the other there, and at work.
        await Expect(priya.Here("Quinn Agent")).ToContainTextAsync("is viewing");
        await Expect(quinn.Here("Priya Agent")).ToContainTextAsync("is viewing");
        await priya.Reply().TypeAtOnceAsync("Please send the router's log");
        await priya.Reply().TypeUntilSeenAsync(quinn.Here("Priya Agent").Filter(new() { HasText = "is typing" }));

        // The other is quicker. Whoever was writing is told, and keeps what they wrote.
        await quinn.ReplyAsync("Which region is it?", "waiting-customer");
        await Expect(Overtaken(priya)).ToContainTextAsync("Quinn Agent replied");
        await Expect(priya.Reply()).ToHaveValueAsync("Please send the router's log");
        await Expect(priya.Reply()).ToBeFocusedAsync();
        await Expect(Overtaken(quinn)).ToHaveCountAsync(0);
        await Faults.NoneAsync(priya.Page);
        await Expect(Promise(customer, "^The clock is paused while it waits for you$")).ToBeVisibleAsync();
        await Expect(Promise(priya, "^The clock is paused while it waits for the customer$")).ToBeVisibleAsync();

        // The connection goes, and the circuit with it: another one finds every word, those too that no node has heard.
        await wire.CutAsync();
        await Expect(priya.Page.GetByText("Live updates paused, reconnecting")).ToBeVisibleAsync();
        await priya.Page.Keyboard.TypeAsync(" of this night");
        wire.MendOnLoad(priya);
        await priya.ReloadAsync();
        await Expect(priya.Reply()).ToHaveValueAsync("Please send the router's log of this night");

        // The customer answers: the clock runs on, and says until when.
        await customer.ReplyAsync("It is eu-central-1.");
        await Expect(Promise(customer, "^We reply by .+ and a solution by ")).ToBeVisibleAsync();
        await Expect(Promise(quinn, "^Reply by .+ and resolve by ")).ToBeVisibleAsync();
        await Expect(quinn.Status("open")).ToBeVisibleAsync();
        await Expect(Overtaken(priya)).ToContainTextAsync("Ada Customer replied");

        // The customer's other ticket is merged into this one, beside the words in the making.
        await quinn.GoAsync($"/queue/{acme.Slug}/{again.Number}");
        await quinn.Page.Locator("summary").Filter(new() { HasText = "Merge, link, split" }).ClickAsync();
        await quinn.Page.GetByRole(AriaRole.Button, new() { Name = "Merge into another ticket" }).ClickAsync();
        var dialog = quinn.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Merge into").FillAsync(ticket.Number);
        await dialog.GetByRole(AriaRole.Button, new() { Name = $"Merge {again.Number}" }).ClickAsync();
        foreach (var window in new[] { priya, quinn, customer })
            await Expect(window.Conversation().GetByText("Again since noon.")).ToBeVisibleAsync();
        await Expect(priya.Reply()).ToHaveValueAsync("Please send the router's log of this night");
        await priya.ReplyButton().ClickAsync();
        await Expect(customer.Conversation().GetByText("Please send the router's log of this night")).ToBeVisibleAsync();
        await Expect(Promise(customer, "^A solution by ")).ToBeVisibleAsync();
        await Expect(Overtaken(priya)).ToHaveCountAsync(0);
    });

    [Fact]
    public Task The_queue_is_worked_by_time_to_breach_and_each_due_time_says_why() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-breach");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var (low, urgent, paused) = (await ada.OpenTicketAsync("It can wait", priority: TicketPriority.Low), await ada.OpenTicketAsync("All is down", priority: TicketPriority.Critical), await ada.OpenTicketAsync("Your turn"));
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        await priya.InAsync(acme, t => t.CommentAsync(paused.Id, new AddComment { Body = "Which region is it?", Status = TicketStatus.WaitingCustomer }, CancellationToken.None));
        var window = await journey.SignInAsync(priya, journey.Stage.Second);
        await window.GoAsync($"/queue?view=all&tenant={acme.Slug}");
        await window.Page.Locator("summary").Filter(new() { HasText = "Longest waiting" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Time to breach" }).ClickAsync();
        var subjects = window.Page.Locator(".queue-table .subject");
        await Expect(subjects).ToHaveTextAsync(["All is down", "It can wait", "Your turn"]);
        var left = window.Row("All is down").Locator("time[data-countdown]");
        await Expect(left).ToHaveTextAsync(new Regex("^0:(2[0-9]|30):[0-5][0-9]$"));
        var at = await left.InnerTextAsync();
        await Expect(left).Not.ToHaveTextAsync(at);
        await Expect(window.Row("Your turn").Locator("time[data-countdown]")).ToHaveCountAsync(0);

        // What becomes urgent moves up while one looks on.
        await priya.InAsync(acme, t => t.EditAsync(low.Id, new EditTicket { Priority = TicketPriority.Critical }, null, CancellationToken.None));
        await Expect(subjects).ToHaveTextAsync(["It can wait", "All is down", "Your turn"]);

        // The due time of the ticket is the sum that explains it, over the stretches of the ledger.
        await window.GoAsync($"/queue/{acme.Slug}/{urgent.Number}");
        await Expect(Promise(window, "^First reply by .+ and resolve by ")).ToBeVisibleAsync();
        var why = window.Page.GetByRole(AriaRole.Region, new() { NameRegex = new("^Why .+[?]$") });
        await Expect(why.GetByRole(AriaRole.Row).Filter(new() { HasText = "Target of the first response" })).ToContainTextAsync("0:30:00");
        var due = await why.GetByRole(AriaRole.Row).Filter(new() { HasText = "Reply due" }).GetByRole(AriaRole.Cell).InnerTextAsync();
        await Expect(why.GetByRole(AriaRole.Heading).First).ToContainTextAsync(new Regex("[0-9]{2}:[0-9]{2}").Match(due).Value);
        await Expect(why.Locator(".full-ledger li").First).ToBeHiddenAsync();
        await why.GetByText("Full ledger").ClickAsync();
        await Expect(why.Locator(".full-ledger li.running").First).ToBeVisibleAsync();
        await Faults.NoneAsync(window.Page);
    });

    [Fact]
    public Task The_sheet_of_keys_names_every_key_its_page_listens_to() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-sheet");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var ticket = await ada.OpenTicketAsync("A matter to look at");
        var customer = await journey.SignInAsync(ada);
        var staff = await journey.SignInAsync(await (await journey.Given.OperatorAsync()).PersonAsync(Roles.PlatformAdmin, "Pat Platform"));
        foreach (var (window, path) in new[]
        {
            (customer, "/home"), (customer, "/tickets"), (customer, $"/tickets/{ticket.Number}"), (customer, "/api-keys"), (customer, "/audit"), (customer, "/team"), (customer, "/settings"),
            (staff, $"/queue?tenant={acme.Slug}&ticket={ticket.Number}&of={acme.Slug}"), (staff, $"/queue/{acme.Slug}/{ticket.Number}"), (staff, "/sla"), (staff, "/macros"), (staff, "/teams"), (staff, "/tenants"), (staff, "/team"),
        })
        {
            await window.GoAsync(path);
            await Window.SettledAsync(window.Page);
            await window.Page.Keyboard.PressAsync("?");
            var sheet = window.Page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });
            await Expect(sheet).ToBeVisibleAsync();
            var named = (await sheet.Locator("kbd").AllInnerTextsAsync()).Select(key => key.ToLowerInvariant()).ToHashSet();
            var listened = await window.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('[data-shortcut]')].filter(e => e.dataset.shortcut && (e.hasAttribute('data-hidden') || e.checkVisibility())).map(e => e.dataset.shortcut)");
            Assert.True(listened.All(named.Contains), $"{path}: the sheet names {string.Join(' ', named)}, the page listens to {string.Join(' ', listened)}");
            Assert.Contains("?", listened);
        }
        await Faults.NoneAsync(staff.Page);

        // From the queue a macro is two keys away.
        await staff.GoAsync($"/queue?tenant={acme.Slug}&ticket={ticket.Number}&of={acme.Slug}");
        await Expect(staff.Chosen("A matter to look at")).ToBeVisibleAsync();
        await staff.Page.Keyboard.PressAsync("m");
        await Expect(staff.Page.GetByRole(AriaRole.Dialog, new() { Name = "Insert a macro" })).ToBeVisibleAsync();
    });

    private static ILocator Promise(Window window, string words) => window.Page.Locator(".promise").GetByRole(AriaRole.Heading, new() { NameRegex = new(words) });

    /// <summary>Where the writer is told that others have said something meanwhile.</summary>
    private static ILocator Overtaken(Window window) => window.Page.Locator(".composer .notice");
}
