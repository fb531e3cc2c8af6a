using Microsoft.Playwright;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>The first minute of someone who found this project: an empty database, one start, the documented sign-ins.</summary>
public sealed class DemoJourney
{
    private const string Password = "Demo-Harbour-27!";

    [Fact]
    public Task A_first_start_brings_people_who_can_sign_in_and_tickets_to_look_at() => Journey.RunAsync(async journey =>
    {
        await using var database = await (await TestCluster.GetAsync()).CreateDatabaseAsync();
        var settings = Stage.SettingsFor(database.Connections, Stage.NewMasterKey());
        settings["SecureBase__SeedDemo"] = "true";
        await using var portal = await PortalServer.StartAsync(settings);

        // Each tenant has all four roles, and only its own page lets them in.
        foreach (var slug in new[] { "acme", "globex", "initech" })
        {
            var window = await journey.OpenAsync(slug, portal);
            foreach (var role in new[] { "admin", "manager", "analyst", "viewer" })
            {
                await SignInAsync(window, $"{role}@{slug}.test");
                await Expect(window.Heading("Home")).ToBeVisibleAsync();
                await Expect(window.AccountMenu()).ToContainTextAsync($", {role}");
                await window.Context.ClearCookiesAsync();
            }
            await window.CloseAsync();
        }
        var desk = await journey.OpenAsync("admin", portal);
        foreach (var role in new[] { "platform", "lead", "agent" })
        {
            await SignInAsync(desk, $"{role}@securebase.test");
            await Expect(desk.Heading("Queue")).ToBeVisibleAsync();
            if (role != "agent")
                await desk.Context.ClearCookiesAsync();
        }

        // The year's history fills in afterwards.
        await Until.TrueAsync("the queue holds tickets of acme", async () =>
        {
            await desk.GoAsync("/queue?view=all&tenant=acme");
            await Window.SettledAsync(desk.Page);
            return await desk.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link).CountAsync() >= 10;
        }, seconds: 240);
        await desk.CloseAsync();
    });

    private static async Task SignInAsync(Window window, string email)
    {
        await window.Page.GotoAsync(window.Address("/"));
        await window.SubmitSignInAsync(email, Password);
        await Window.ReadyAsync(window.Page);
    }
}
