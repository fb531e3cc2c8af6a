using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>An admin looks up who did what, and has the chain checked.</summary>
public sealed class AuditJourney
{
    [Fact]
    public Task An_admin_finds_an_entry_and_verifies_the_chain() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-ledger");
        var mara = await acme.PersonAsync(Roles.Admin, "Mara Lind");
        var window = await journey.SignInAsync(mara);
        await window.GoAsync("/home");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).First.ClickAsync();

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Mara Lind signed in" }).First.ClickAsync();
        var entry = window.Page.GetByRole(AriaRole.Complementary, new() { Name = "Entry" });
        await Expect(entry.GetByRole(AriaRole.Heading, new() { Name = "Mara Lind signed in." })).ToBeVisibleAsync();
        await Expect(entry).ToContainTextAsync("session.started");
        await Faults.NoneAsync(window.Page);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Verify the chain" }).ClickAsync();
        await Expect(window.Page.GetByText("Nothing was altered, removed, put in or moved.")).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search the log" }).FillAsync("nobody of this name");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing matches" })).ToBeVisibleAsync();

        var viewer = await journey.SignInAsync(await acme.PersonAsync(Roles.Viewer, "Vera Viewer"));
        await viewer.GoAsync("/home");
        await Expect(viewer.Page.GetByRole(AriaRole.Link, new() { Name = "Audit" })).ToHaveCountAsync(0);
    });
}
