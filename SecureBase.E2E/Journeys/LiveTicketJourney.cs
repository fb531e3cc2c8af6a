using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>A ticket travels between a customer on one node and an agent on the other; neither ever loads a page again.</summary>
public sealed class LiveTicketJourney
{
    // What is fetched by asking now and then, and not told, comes many times later than the writer's own page has it.
    private const double MostTimesOwn = 10;

    [Fact]
    public Task A_ticket_travels_live_from_the_customer_to_the_agent_and_back() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-live", "Acme Live");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var agent = await journey.SignInAsync(priya, journey.Stage.Second);
        await agent.GoAsync("/queue?tenant=acme-live");
        await Expect(agent.Heading("Nothing matches")).ToBeVisibleAsync();
        await agent.MarkDocumentAsync();

        // The customer opens a ticket; it appears in the agent's queue.
        var customer = await journey.SignInAsync(ada, journey.Stage.First);
        var number = await customer.OpenTicketAsync("The **peering** drops", "Since 08:40 the peering drops every twenty minutes.");
        await customer.MarkDocumentAsync();
        await Expect(agent.Row(number)).ToBeVisibleAsync();

        // The agent opens it, takes it and asks back; the customer reads it at once.
        await agent.Page.GetByRole(AriaRole.Link, new() { Name = "The **peering** drops" }).ClickAsync();
        await agent.Page.GetByRole(AriaRole.Link, new() { Name = "Open full ticket" }).ClickAsync();
        await agent.Page.GetByRole(AriaRole.Button, new() { Name = "Assign me" }).ClickAsync();
        await Expect(customer.Conversation().GetByText("Priya Agent works on it")).ToBeVisibleAsync();
        await agent.ReplyAsync("Which region is it?", "waiting-customer");
        await Expect(customer.Conversation().GetByText("Which region is it?")).ToBeVisibleAsync();
        await Expect(customer.Status("waiting-customer")).ToBeVisibleAsync();

        // The answer opens it again on the agent's page.
        await customer.ReplyAsync("It is *eu-central-1*.");
        await Expect(agent.Conversation().GetByText("It is eu-central-1.")).ToBeVisibleAsync();
        await Expect(agent.Status("open")).ToBeVisibleAsync();

        // A note stays among staff: neither on the customer's page nor in what the server sends.
        await agent.AddNoteAsync("Their router is misconfigured, be gentle.");
        await Expect(agent.Conversation().GetByText("be gentle")).ToBeVisibleAsync();
        await agent.WriteReplyAgainAsync();
        await agent.ReplyAsync("We changed the route table.");
        await Expect(customer.Conversation().GetByText("We changed the route table.")).ToBeVisibleAsync();
        await Expect(customer.Page.GetByText("be gentle")).ToHaveCountAsync(0);
        Assert.DoesNotContain("be gentle", await customer.Page.ContentAsync(), StringComparison.Ordinal);
        var html = await customer.Page.EvaluateAsync<string>("path => fetch(path).then(answer => answer.text())", $"/tickets/{number}");
        Assert.Contains("We changed the route table.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("be gentle", html, StringComparison.Ordinal);

        // Resolved, opened again by a comment, closed for good.
        await agent.ReplyAsync("It holds since noon.", "resolved");
        await Expect(customer.Status("resolved")).ToBeVisibleAsync();
        await customer.ReplyAsync("It dropped again.");
        await Expect(agent.Status("open")).ToBeVisibleAsync();
        await Expect(agent.Conversation().GetByText("It dropped again.")).ToBeVisibleAsync();
        Assert.True(await agent.IsSameDocumentAsync(), "The agent's page was loaded again.");
        await customer.Page.GetByRole(AriaRole.Button, new() { Name = "Close ticket" }).ClickAsync();
        await customer.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = $"Close {number}" }).ClickAsync();
        await Expect(agent.Status("closed")).ToBeVisibleAsync();
        await Expect(customer.Reply()).ToHaveCountAsync(0);
        await Expect(agent.Reply()).ToHaveCountAsync(0);
        Assert.True(await customer.IsSameDocumentAsync(), "The customer's page was loaded again.");
    });

    [Fact]
    public Task A_reply_is_on_another_nodes_screen_about_as_soon_as_on_its_writers_own() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-fast");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var ticket = await ada.OpenTicketAsync("The dashboard is slow");
        var customer = await journey.SignInAsync(ada, journey.Stage.First);
        await customer.GoAsync($"/tickets/{ticket.Number}");
        var agent = await journey.SignInAsync(priya, journey.Stage.Second);
        await agent.GoAsync($"/queue/{acme.Slug}/{ticket.Number}");

        List<double> there = [], back = [];
        for (var round = 1; round <= 5; round++)
        {
            there.Add(await MeasureAsync(agent, customer, $"Question {round} of the agent"));
            back.Add(await MeasureAsync(customer, agent, $"Answer {round} of the customer"));
        }
        Assert.InRange(there.Order().ElementAt(2), 0, MostTimesOwn);
        Assert.InRange(back.Order().ElementAt(2), 0, MostTimesOwn);
    });

    /// <summary>How many times as long a message takes to the receiver's screen as to the sender's own.</summary>
    private static async Task<double> MeasureAsync(Window sender, Window receiver, string text)
    {
        var box = sender.Reply();
        await box.FillAsync(text);
        await box.BlurAsync();
        var (own, theirs) = await LiveStopwatch.MeasureAsync(sender.ReplyButton(), receiver.Page, "[role=log] .message", text);
        await Expect(box).ToHaveValueAsync("");
        return theirs / own;
    }
}
