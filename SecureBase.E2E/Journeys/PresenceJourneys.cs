using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Who is there and what just happened, seen from the other node.</summary>
public sealed class PresenceJourneys
{
    [Fact]
    public Task Who_views_and_who_types_is_seen_on_the_other_side() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-presence");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var bob = await acme.PersonAsync(Roles.Analyst, "Bob Colleague");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var ticket = await ada.OpenTicketAsync("The peering drops");
        var customer = await journey.SignInAsync(ada, journey.Stage.First);
        await customer.GoAsync($"/tickets/{ticket.Number}");
        var agent = await journey.SignInAsync(priya, journey.Stage.Second);
        await agent.GoAsync($"/queue/{acme.Slug}/{ticket.Number}");

        // Staff see who is there; customers see their colleagues, not who of us looks on.
        await Expect(agent.Here("Ada Customer")).ToContainTextAsync("is viewing");
        var colleague = await journey.SignInAsync(bob, journey.Stage.Second);
        await colleague.GoAsync($"/tickets/{ticket.Number}");
        await Expect(customer.Here("Bob Colleague")).ToContainTextAsync("is viewing");
        await Expect(customer.Here("Priya Agent")).ToHaveCountAsync(0);

        await customer.Reply().TypeAtOnceAsync("Since noon ");
        await customer.Reply().TypeUntilSeenAsync(agent.Page.GetByText("Ada Customer is typing"));
        await agent.Reply().TypeAtOnceAsync("We look ");
        await agent.Reply().TypeUntilSeenAsync(customer.Page.GetByText("Priya Agent is typing"));

        // A note in the making is none of the customer's business.
        await agent.Reply().FillAsync("");
        await Expect(customer.Page.GetByText("Priya Agent is typing")).ToHaveCountAsync(0);
        await agent.Page.GetByRole(AriaRole.Button, new() { Name = "Internal note" }).ClickAsync();
        await agent.Note().TypeAtOnceAsync("Between us ");
        var quinn = await journey.SignInAsync(await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Quinn Agent"), journey.Stage.First);
        await quinn.GoAsync($"/queue/{acme.Slug}/{ticket.Number}");
        await agent.Note().TypeAtOnceAsync("and nobody else ");
        await agent.Note().TypeUntilSeenAsync(quinn.Page.GetByText("Priya Agent is writing an internal note"));
        await Expect(customer.Page.GetByText("Priya Agent")).ToHaveCountAsync(0);

        // Whoever leaves is gone.
        await colleague.Page.GotoAsync(colleague.Address("/tickets"));
        await Expect(customer.Here("Bob Colleague")).ToHaveCountAsync(0);
        await Expect(agent.Here("Bob Colleague")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task Toasts_tell_of_new_tickets_and_replies_wherever_one_is() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-toast", "Acme Toast");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var bob = await acme.PersonAsync(Roles.Analyst, "Bob Colleague");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var agent = await journey.SignInAsync(priya, journey.Stage.Second);
        await agent.GoAsync("/outbox");
        var colleague = await journey.SignInAsync(bob, journey.Stage.Second);
        await colleague.GoAsync("/tickets");

        var customer = await journey.SignInAsync(ada, journey.Stage.First);
        var told = agent.HoldToastAsync("Acme Toast");
        var number = await customer.OpenTicketAsync("The peering drops", "Since 08:40, every twenty minutes.");
        await told;
        await Expect(agent.Toast($"New ticket {number}, Acme Toast")).ToBeVisibleAsync();
        await agent.Page.GetByRole(AriaRole.Region, new() { Name = "Messages" }).GetByRole(AriaRole.Link, new() { Name = "Open the ticket" }).ClickAsync();
        await Expect(agent.Heading("The peering drops")).ToBeVisibleAsync();

        await customer.GoAsync("/tickets");
        told = customer.HoldToastAsync($"{number} asks for your answer");
        await agent.ReplyAsync("Which region is it?", "waiting-customer");
        await told;
        await Expect(customer.Toast($"{number} asks for your answer")).ToBeVisibleAsync();

        // It is Ada's ticket: her colleague's list follows, without a word. And whoever looks at it needs no toast.
        await Expect(colleague.Row(number)).ToContainTextAsync("waiting-customer");
        await Expect(colleague.Toast(number)).ToHaveCountAsync(0);
        await customer.Page.GetByRole(AriaRole.Region, new() { Name = "Messages" }).GetByRole(AriaRole.Link, new() { Name = "Open the ticket" }).ClickAsync();
        await Expect(customer.Conversation().GetByText("Which region is it?")).ToBeVisibleAsync();
        await customer.ReplyAsync("It is eu-central-1.");
        await Expect(agent.Conversation().GetByText("It is eu-central-1.")).ToBeVisibleAsync();
        await Expect(agent.Toast($"Message on {number}")).ToHaveCountAsync(0);
    });
}
