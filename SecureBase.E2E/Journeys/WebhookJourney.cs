using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>A customer's first hour with webhooks: an endpoint is made, tested, fails, is understood and put right.</summary>
public sealed class WebhookJourney
{
    [Fact]
    public Task An_endpoint_is_made_tested_fails_and_is_replayed() => Journey.RunAsync(async journey =>
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (_, http) =>
        {
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            await http.Response.WriteAsync("taken in");
        };
        var acme = await journey.Given.TenantAsync("acme-webhooks");
        var mia = await acme.PersonAsync(Roles.Manager, "Mia Manager");
        var window = await journey.SignInAsync(mia);
        await window.GoAsync("/webhooks");
        await window.Page.Keyboard.PressAsync("c");
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Address").FillAsync("https://10.0.0.7/hook");
        await dialog.GetByLabel("Name").FillAsync("Ledger");
        await dialog.GetByRole(AriaRole.Checkbox, new() { Name = "ticket.created" }).CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create endpoint" }).ClickAsync();
        await Expect(dialog.Locator("#endpoint-url-error")).ToContainTextAsync("public addresses only");
        await dialog.GetByLabel("Address").FillAsync(receiver.At("/ledger").AbsoluteUri);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create endpoint" }).ClickAsync();
        await Expect(dialog.Locator("#issued-secret")).ToContainTextAsync("whsec_");
        await dialog.GetByLabel("I have stored it").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(window.Heading("Ledger waits for its first event")).ToBeVisibleAsync();

        // Everything that follows appears by itself.
        await window.MarkDocumentAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Send webhook.test" }).First.ClickAsync();
        var log = window.Page.Locator(".log-table tbody tr");
        await Expect(log).ToContainTextAsync(["webhook.test"]);
        await Expect(log.First).ToContainTextAsync("succeeded");
        receiver.AnswerWith(StatusCodes.Status503ServiceUnavailable);
        var ticket = await mia.OpenTicketAsync("The settlement file is missing");
        await Expect(log.First).ToContainTextAsync("ticket.created");
        await Expect(log.First).ToContainTextAsync("failed");
        await Expect(window.Page.Locator(".endpoint-card .trouble")).ToContainTextAsync("503 Service Unavailable");

        await window.Page.Keyboard.PressAsync("j");
        var inspector = window.Page.Locator(".inspector");
        await Expect(inspector).ToContainTextAsync("It is given up. The receiver answered 503 Service Unavailable.");
        await Expect(inspector.Locator(".exchange pre")).ToContainTextAsync(ticket.Number);
        var failed = window.Page.Url;
        receiver.AnswerWith(StatusCodes.Status204NoContent);
        await inspector.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Expect(inspector.Locator(".record")).ToHaveTextAsync("succeeded");
        await Expect(log.First).ToContainTextAsync("succeeded");
        Assert.True(await window.IsSameDocumentAsync());
        Assert.Single(receiver.Received.Where(r => r.Headers["webhook-signature"].StartsWith("v1,", StringComparison.Ordinal)).Select(r => r.Id).Skip(1).Distinct());

        // A colleague gets the address and sees the same attempt.
        var colleague = await journey.SignInAsync(await acme.PersonAsync(Roles.Analyst, "Ana Analyst"), journey.Stage.Second);
        await colleague.GoAsync($"{new Uri(failed).PathAndQuery}&attempt=1&pane=response");
        await Expect(colleague.Page.Locator(".inspector .exchange .address")).ToContainTextAsync("503 Service Unavailable");
        await Expect(colleague.Page.GetByRole(AriaRole.Button, new() { Name = "Replay" })).ToHaveCountAsync(0);
    });
}
