using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>What was typed and not sent is still there, whatever happened to the page, the node or the session.</summary>
public sealed class DraftJourneys
{
    [Fact]
    public Task A_reply_in_the_making_survives_a_reload_and_signing_out() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-draft");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var bob = await acme.PersonAsync(Roles.Analyst, "Bob Colleague");
        var ticket = await ada.OpenTicketAsync("The peering drops");
        var page = $"/tickets/{ticket.Number}";
        var window = await journey.SignInAsync(ada);
        await window.GoAsync(page);
        await window.Reply().FillAsync("We have looked at the\n- routers\n- firewalls");
        await Expect(window.Page.GetByText("Draft saved")).ToBeVisibleAsync();
        await window.ReloadAsync();
        await Expect(window.Reply()).ToHaveValueAsync("We have looked at the\n- routers\n- firewalls");

        await window.SignOutAsync();
        await window.SignInAsync(ada);
        await window.GoAsync(page);
        await Expect(window.Reply()).ToHaveValueAsync("We have looked at the\n- routers\n- firewalls");

        // It is hers alone, and gone once it is sent.
        var colleague = await journey.SignInAsync(bob);
        await colleague.GoAsync(page);
        await Expect(colleague.Reply()).ToHaveValueAsync("");
        await window.ReplyButton().ClickAsync();
        await Expect(window.Conversation().GetByText("firewalls")).ToBeVisibleAsync();
        await window.ReloadAsync();
        await Expect(window.Reply()).ToHaveValueAsync("");
    });

    [Fact]
    public Task A_new_ticket_in_the_making_survives_a_reload() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-form");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var window = await journey.SignInAsync(ada);
        await window.GoAsync("/tickets/new");
        await window.Page.GetByLabel("Subject").FillAsync("The invoice is wrong");
        await window.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^high") }).CheckAsync();
        await window.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^billing") }).CheckAsync();
        await window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Description" }).FillAsync("It lists an account we closed in May.");
        await window.Page.GetByLabel("Subject").FocusAsync();
        await Expect(window.Page.GetByText("Draft saved")).ToBeVisibleAsync();
        await ada.KeptDraftAsync("ticket/new", "we closed in May.");
        await window.ReloadAsync();
        await Expect(window.Page.GetByLabel("Subject")).ToHaveValueAsync("The invoice is wrong");
        await Expect(window.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^high") })).ToBeCheckedAsync();
        await Expect(window.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^billing") })).ToBeCheckedAsync();
        await Expect(window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Description" })).ToHaveValueAsync("It lists an account we closed in May.");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Open ticket" }).ClickAsync();
        await Expect(window.Heading("The invoice is wrong")).ToBeVisibleAsync();
        await window.GoAsync("/tickets/new");
        await Expect(window.Page.GetByLabel("Subject")).ToHaveValueAsync("");
    });
}
