using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>What agents do with several tickets, with the keyboard and with what opens on top of the pages.</summary>
public sealed class DeskJourneys
{
    [Fact]
    public Task A_merged_ticket_sends_everyone_to_the_other_and_comes_back() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-merge");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var (stub, other) = (await ada.OpenTicketAsync("It drops again", "Again since noon."), await ada.OpenTicketAsync("The peering drops"));
        var customer = await journey.SignInAsync(ada, journey.Stage.First);
        await customer.GoAsync($"/tickets/{stub.Number}");
        var agent = await journey.SignInAsync(priya, journey.Stage.Second);

        // Two at once, by key and by mouse.
        await agent.GoAsync($"/queue?tenant={acme.Slug}");
        await agent.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Choose all on this page" }).CheckAsync();
        await Faults.NoneAsync(agent.Page);
        await agent.Page.Locator(".bulk-bar summary").Filter(new() { HasText = "Assign" }).ClickAsync();
        await agent.Page.Locator(".bulk-bar").GetByRole(AriaRole.Button, new() { Name = "Me", Exact = true }).ClickAsync();
        await Expect(customer.Page.GetByText("Priya Agent works on it").First).ToBeVisibleAsync();

        await agent.GoAsync($"/queue/{acme.Slug}/{stub.Number}");
        await agent.Page.Locator("summary").Filter(new() { HasText = "Merge, link, split" }).ClickAsync();
        await agent.Page.GetByRole(AriaRole.Button, new() { Name = "Merge into another ticket" }).ClickAsync();
        var dialog = agent.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByLabel("Merge into")).ToBeFocusedAsync();
        await Faults.NoneAsync(agent.Page);
        await dialog.GetByLabel("Merge into").FillAsync(other.Number);
        var told = agent.HoldToastAsync($"{stub.Number} is part of {other.Number} now");
        await dialog.GetByRole(AriaRole.Button, new() { Name = $"Merge {stub.Number}" }).ClickAsync();
        await told;

        await Expect(agent.Page).ToHaveURLAsync(agent.Address($"/queue/{acme.Slug}/{other.Number}"));
        await Expect(agent.Page.Locator(".message").Filter(new() { HasText = "Again since noon." })).ToContainTextAsync(stub.Number);
        await Expect(customer.Page.GetByRole(AriaRole.Link, new() { Name = $"Go on at {other.Number}" })).ToBeVisibleAsync();

        await agent.Page.Locator(".toast").Filter(new() { HasText = "is part of" }).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(agent.Page).ToHaveURLAsync(agent.Address($"/queue/{acme.Slug}/{stub.Number}"));
        await Expect(customer.Reply()).ToBeVisibleAsync();
    });
}
