using System.Net;
using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>A key from the page it is made on to the program it is refused to.</summary>
public sealed class ApiKeyJourneys
{
    [Fact]
    public Task A_key_is_made_used_rotated_and_revoked() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-api-keys");
        var window = await journey.SignInAsync(await acme.PersonAsync(Roles.Manager, "Mia Manager"));
        await window.GoAsync("/api-keys");
        await Expect(window.Heading("No API keys yet")).ToBeVisibleAsync();
        await window.Page.Keyboard.PressAsync("c");
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create key" }).ClickAsync();
        await Expect(dialog.GetByLabel("Name")).ToHaveAttributeAsync("aria-invalid", "true");
        await dialog.GetByLabel("Name").FillAsync("deploy pipeline");
        await dialog.GetByLabel("tickets:read").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create key" }).ClickAsync();

        // The secret stays until somebody says that it is stored.
        await Expect(dialog.Locator("#issued-key")).ToContainTextAsync("sb_live_");
        var first = await dialog.Locator("#issued-key").InnerTextAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Done" })).ToBeDisabledAsync();
        await dialog.GetByLabel("I have stored it").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(window.Heading("deploy pipeline")).ToBeVisibleAsync();
        await Until.TrueAsync("the secret has left the page", async () => !(await window.Page.ContentAsync()).Contains(first, StringComparison.Ordinal));
        await AnswersAsync(journey, first, HttpStatusCode.OK);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Rotate" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Rotate key" }).ClickAsync();
        await Expect(dialog.Locator("#issued-key")).ToContainTextAsync("sb_live_");
        var second = await dialog.Locator("#issued-key").InnerTextAsync();
        await dialog.GetByLabel("I have stored it").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await AnswersAsync(journey, first, HttpStatusCode.OK);
        await AnswersAsync(journey, second, HttpStatusCode.OK);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Revoke key" }).ClickAsync();
        await Expect(window.Page.Locator(".key-details .key-revoked")).ToBeVisibleAsync();
        await AnswersAsync(journey, first, HttpStatusCode.Unauthorized);
        await AnswersAsync(journey, second, HttpStatusCode.Unauthorized);
    });

    /// <summary>The same on both nodes, as soon as each has heard of it.</summary>
    private static async Task AnswersAsync(Journey journey, string key, HttpStatusCode expected)
    {
        foreach (var node in new[] { journey.Stage.First, journey.Stage.Second })
        {
            using var client = Loopback.Client(node.Port);
            await Until.TrueAsync($"the key is answered {expected}", async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "http://api.localhost/v1/support/tickets") { Headers = { { "Authorization", "Bearer " + key.Trim() } } };
                using var answer = await client.SendAsync(request, CancellationToken.None);
                return answer.StatusCode == expected;
            });
        }
    }
}
