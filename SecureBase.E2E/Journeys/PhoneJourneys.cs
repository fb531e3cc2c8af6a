using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>The portal in one hand, and at night.</summary>
public sealed class PhoneJourneys
{
    [Fact]
    public Task A_ticket_is_opened_and_answered_on_a_phone() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-phone");
        var ada = await acme.PersonAsync(Roles.Admin, "Ada Customer");
        for (var i = 1; i <= 3; i++)
            await ada.OpenTicketAsync($"An earlier matter {i}");
        var window = await journey.SignInAsync(ada, look: WindowLook.Phone);
        var tabs = window.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main, bottom" });
        await tabs.GetByRole(AriaRole.Link, new() { Name = "Tickets" }).TapAsync();
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = "An earlier matter 3" })).ToBeVisibleAsync();
        await Expect(window.Page.GetByRole(AriaRole.Table)).ToHaveCountAsync(0);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "New ticket" }).TapAsync();
        await window.Page.GetByLabel("Subject").FillAsync("Opened under way");
        await window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Description" }).FillAsync("On the train, with one hand.");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Open ticket" }).TapAsync();
        await Expect(window.Heading("Opened under way")).ToBeVisibleAsync();

        // A ticket hides the tabs and docks its composer at the lower edge.
        await Expect(tabs).ToBeHiddenAsync();
        for (var i = 1; i <= 8; i++)
        {
            await window.ReplyAsync($"Message {i} of a longer conversation");
            await Expect(window.Conversation().GetByText($"Message {i} of")).ToBeVisibleAsync();
        }
        await window.Page.EvaluateAsync("() => scrollTo(0, 0)");
        await Until.TrueAsync("the composer lies at the lower edge", async () =>
            await window.Page.Locator(".composer").BoundingBoxAsync() is { } docked && docked.Y + docked.Height is > 844 - 16 and <= 844);
    });

    [Fact]
    public Task Dark_follows_the_system_until_the_person_chooses() => Journey.RunAsync(async journey =>
    {
        const string Light = "rgb(245, 245, 241)", Dark = "rgb(13, 19, 18)";
        var acme = await journey.Given.TenantAsync("acme-dark");
        var window = await journey.SignInAsync(await acme.PersonAsync(Roles.Viewer, "Ada Customer"), look: WindowLook.Desktop with { Dark = true });
        await Expect(window.Page.Locator("body")).ToHaveCSSAsync("background-color", Dark);
        await window.AccountMenu().ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Light" }).ClickAsync();
        await Expect(window.Page.Locator("body")).ToHaveCSSAsync("background-color", Light);
        await window.ReloadAsync();
        await Expect(window.Page.Locator("body")).ToHaveCSSAsync("background-color", Light);
        await window.SignOutAsync();
        await Expect(window.Page.Locator("body")).ToHaveCSSAsync("background-color", Light);
    });
}
