using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Nothing ever disturbs who is typing, however fast. Every text here is typed without a pause between two keys.</summary>
public sealed class TypingJourneys
{
    private const string Words = "The peering drops whenever the nightly job starts, and comes back by itself. ";

    [Fact]
    public Task Replies_that_arrive_while_somebody_types_take_neither_focus_nor_caret_nor_text() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-typing");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var ticket = await ada.OpenTicketAsync("The peering drops");
        var customer = await journey.SignInAsync(ada);
        await customer.GoAsync($"/tickets/{ticket.Number}");
        var box = customer.Reply();

        // A caret in the middle of a text stays there.
        await box.FillAsync("one three");
        await customer.Page.EvaluateAsync("() => document.activeElement.setSelectionRange(4, 4)");
        await ReplyAsync(priya, acme, ticket, "A reply beside the caret");
        await Expect(customer.Conversation().GetByText("A reply beside the caret")).ToBeVisibleAsync();
        await Expect(box).ToBeFocusedAsync();
        Assert.Equal(4, await box.EvaluateAsync<int>("box => box.selectionStart"));
        await customer.Page.Keyboard.TypeAsync("two ");
        await Expect(box).ToHaveValueAsync("one two three");

        // Every key counts, whatever arrives between two of them.
        await box.FillAsync("");
        var typed = "";
        for (var i = 1; i <= 5; i++)
        {
            var reply = $"Reply number {i}";
            var arriving = ReplyAsync(priya, acme, ticket, reply);
            do
            {
                await box.PressSequentiallyAsync(Words);
                typed += Words;
            }
            while (!await customer.Conversation().GetByText(reply).IsVisibleAsync());
            await arriving;
        }
        await Expect(box).ToBeFocusedAsync();
        await Expect(box).ToHaveValueAsync(typed);
        await customer.ReplyButton().ClickAsync();
        await Expect(customer.Conversation().GetByText(typed.Trim())).ToBeVisibleAsync();
        await Expect(box).ToHaveValueAsync("");
    });

    [Fact]
    public Task Typing_may_start_in_the_moment_the_box_takes_keys() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-early");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var ticket = await ada.OpenTicketAsync("The peering drops");
        var window = await journey.SignInAsync(ada);
        var box = window.Reply();
        var written = "";

        // Loaded anew each time: with what was written before as a draft, and typed on at once. A heading that takes the focus after a
        // load would get keys, whenever that happens.
        await window.Page.AddInitScriptAsync("window.headingsFocused = 0; addEventListener('focusin', event => { if (event.target.matches('h1')) window.headingsFocused++; });");
        for (var load = 1; load <= 4; load++)
        {
            await window.GoAsync($"/tickets/{ticket.Number}");
            await Expect(box).ToBeEditableAsync();
            Assert.Equal(written, await box.InputValueAsync());
            await box.PressSequentiallyAsync(Words);
            written += Words;
            await Expect(box).ToHaveValueAsync(written);
            await Expect(box).ToBeFocusedAsync();
            await ada.KeptDraftAsync($"ticket/{ticket.Id}/reply", written);
            Assert.Equal(0, await window.Page.EvaluateAsync<int>("() => window.headingsFocused"));
        }

        // Come to by a link instead of a load, the page moves the focus to its heading, but not out of a box.
        await window.GoAsync("/tickets");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = ticket.Subject }).ClickAsync();
        await box.TypeAtOnceAsync(Words);
        await Expect(box).ToHaveValueAsync(written + Words);
        await window.Page.GetByRole(AriaRole.Navigation, new() { Name = "Breadcrumb" }).GetByRole(AriaRole.Link, new() { Name = "Tickets" }).ClickAsync();
        await Expect(window.Heading("Tickets")).ToBeFocusedAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "New ticket" }).ClickAsync();
        await window.Page.GetByLabel("Subject").TypeAtOnceAsync(Words);
        await Expect(window.Page.GetByLabel("Subject")).ToHaveValueAsync(Words);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Not now" }).ClickAsync();
        await Expect(window.Heading("Tickets")).ToBeFocusedAsync();
    });

    [Fact]
    public Task Long_texts_do_not_stop_a_page() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-long");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var long19 = string.Concat(Enumerable.Repeat("Zwölf Boxkämpfer jagen Viktor, und \"niemand\" <weiß> warum. ", 350))[..19_000];
        for (var i = 1; i <= 7; i++)
            await ada.OpenTicketAsync($"A long story {i}", long19);
        var ticket = await ada.OpenTicketAsync("A long conversation", long19);
        for (var i = 1; i <= 7; i++)
            await ada.CommentAsync(ticket, long19);

        var customer = await journey.SignInAsync(ada);
        await customer.GoAsync("/tickets");
        await Expect(customer.Page.GetByRole(AriaRole.Link, new() { Name = "A long story 1", Exact = true })).ToBeVisibleAsync();
        await customer.GoAsync($"/tickets/{ticket.Number}");
        await customer.Reply().FillAsync(long19 + " To be sent.");
        await Expect(customer.Page.GetByText("Draft saved")).ToBeVisibleAsync();
        await customer.ReloadAsync();
        await Expect(customer.Reply()).ToHaveValueAsync(long19 + " To be sent.");
        await customer.ReplyButton().ClickAsync();
        await Expect(customer.Conversation().GetByText("To be sent.")).ToBeVisibleAsync();

        var agent = await journey.SignInAsync(priya);
        await agent.GoAsync($"/queue?tenant={acme.Slug}");
        await Expect(agent.Row("A long story 1").First).ToBeVisibleAsync();
        await agent.GoAsync($"/queue/{acme.Slug}/{ticket.Number}");
        await agent.ReplyAsync("Read to the end.");
        await Expect(customer.Conversation().GetByText("Read to the end.")).ToBeVisibleAsync();
    });

    private static Task<CommentedTicket> ReplyAsync(GivenPerson agent, GivenTenant tenant, TicketView ticket, string text) =>
        agent.InAsync(tenant, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = text }, CancellationToken.None));
}
