using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Nothing live ever disturbs who is typing.</summary>
public sealed class TypingJourneys
{
    private const string Typed = "The peering drops whenever the nightly job starts, and comes back by itself a few minutes later.";

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

        // Every key of a long text counts, whatever arrives between two of them.
        await box.FillAsync("");
        var typing = box.PressSequentiallyAsync(Typed, new() { Delay = 120 });
        for (var i = 1; i <= 5; i++)
        {
            await ReplyAsync(priya, acme, ticket, $"Reply number {i}");
            await Expect(customer.Conversation().GetByText($"Reply number {i}")).ToBeVisibleAsync();
        }
        Assert.False(typing.IsCompleted, "The replies came after the typing: nothing was shown.");
        await typing;
        await Expect(box).ToBeFocusedAsync();
        await Expect(box).ToHaveValueAsync(Typed);
        await customer.Composer(box).GetByRole(AriaRole.Button, new() { Name = "Reply", Exact = true }).ClickAsync();
        await Expect(customer.Conversation().GetByText(Typed)).ToBeVisibleAsync();
        await Expect(box).ToHaveValueAsync("");
    });

    private static Task<CommentedTicket> ReplyAsync(GivenPerson agent, GivenTenant tenant, TicketView ticket, string text) =>
        agent.InAsync(tenant, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = text }, CancellationToken.None));
}
