using Bunit;
using SecureBase.Core.Kernel;
using SecureBase.Core.Webhooks;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Webhooks.Components;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks.Pages;

/// <summary>Endpoints on the page of webhooks: made, looked at, changed and taken away.</summary>
public sealed class WebhooksPageTests(ReachingPortal reaching) : WebhookPages(reaching)
{
    [Fact]
    public async Task NoEndpoint_IsAddedInTheDialog_WhichShowsItsSecretOnce()
    {
        var page = Open();
        await page.PressAsync(".state .button.primary", "Add endpoint");
        await page.SubmitAsync(".endpoint-dialog form");
        page.WaitForAssertion(() => Assert.Contains("Enter the address", page.Find("#endpoint-url-error").TextContent, StringComparison.Ordinal));
        Assert.NotEmpty(page.FindAll("#endpoint-events-error"));

        await page.ChangeAsync("#endpoint-url", Receiver.At("/made").AbsoluteUri);
        await page.ChangeAsync("#endpoint-description", "Ledger");
        await page.PressAsync(".choose .link-button", "Choose all");
        page.WaitForAssertion(() => Assert.Equal($"{EventCatalogue.All.Count} of {EventCatalogue.All.Count} chosen", page.Find(".choose span").TextContent));
        await page.PressAsync(".choose .link-button", "Choose none");
        await page.ChangeAsync(".choices.events label:nth-of-type(1) input", true);
        await page.ChangeAsync("#endpoint-limit", "50");
        await page.SubmitAsync(".endpoint-dialog form");

        page.WaitForAssertion(() => Assert.StartsWith("whsec_", page.Find("#issued-secret").TextContent, StringComparison.Ordinal));
        var secret = TextOf(page, "#issued-secret");
        Assert.True(page.Find(".endpoint-dialog .actions button").HasAttribute("disabled"));
        await page.ChangeAsync(".endpoint-dialog .check input", true);
        await page.PressAsync(".endpoint-dialog .actions button", "Done");

        page.WaitForAssertion(() => Assert.Contains("/webhooks?endpoint=", Address, StringComparison.Ordinal));
        page = Open(Address);
        page.WaitForAssertion(() => Assert.Equal("Ledger waits for its first event", TextOf(page, "#endpoint-headline")));
        Assert.Contains("50 /s", page.Find(".numbers").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostileAddress_IsRefusedAtItsField()
    {
        var page = Open();
        await page.PressAsync(".state .button.primary", "Add endpoint");
        await page.ChangeAsync("#endpoint-url", "https://169.254.169.254/latest");
        await page.PressAsync(".choose .link-button", "Choose all");
        await page.SubmitAsync(".endpoint-dialog form");
        page.WaitForAssertion(() => Assert.Contains("deliveries go to public addresses only", page.Find("#endpoint-url-error").TextContent, StringComparison.Ordinal));
        Assert.Equal("true", page.Find("#endpoint-url").GetAttribute("aria-invalid"));
    }

    [Fact]
    public async Task FailingEndpoint_SaysWhatWentWrongAndWhenItGoesOn_WhileTheOtherIsWell()
    {
        var (ledger, signals) = (await EndpointAsync("Ledger", "/fails"), await EndpointAsync("Signals"));
        Receiver.Answer = (request, http) =>
        {
            http.Response.StatusCode = request.Path == "/fails" ? 503 : 204;
            return Task.CompletedTask;
        };
        var page = Open($"/webhooks?endpoint={ledger.Id}");
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".endpoint-card:not(.add)").Count));
        Assert.Equal($"2 of {Acme.Info.Limits.WebhookEndpoints} used", TextOf(page, ".endpoint-card.add .ink-2"));
        await Ada.OpenTicketAsync();

        // Live: nobody reloads the page.
        page.WaitForAssertion(() => Assert.StartsWith("Ledger began failing", TextOf(page, "#endpoint-headline"), StringComparison.Ordinal));
        page.WaitForAssertion(() =>
        {
            var cards = page.FindAll(".endpoint-card:not(.add)");
            Assert.Equal(["failing", "enabled"], cards.Select(c => c.QuerySelector(".flag")!.TextContent));
            Assert.Contains("503 Service Unavailable", cards[0].QuerySelector(".trouble")!.TextContent, StringComparison.Ordinal);
            Assert.Contains("0 % delivered", cards[0].TextContent, StringComparison.Ordinal);
            Assert.Contains("100 % delivered", cards[1].TextContent, StringComparison.Ordinal);
            Assert.NotNull(cards[0].QuerySelector(".success-strip .failed"));
            Assert.Null(cards[1].QuerySelector(".success-strip .failed"));
            Assert.Null(cards[1].QuerySelector(".trouble"));
        });
        Assert.Equal("true", page.Find($".endpoint-card[href$='{ledger.Id}']").GetAttribute("aria-current"));
        Assert.Null(page.Find($".endpoint-card[href$='{signals.Id}']").GetAttribute("aria-current"));
    }

    [Fact]
    public async Task Navigation_CountsWhatIsInTrouble_AsSoonAsItIs()
    {
        await EndpointAsync("Ledger");
        await EndpointAsync("Signals", "/signals", "ticket.resolved");
        var count = Render<TroubledEndpointCount>();
        Assert.Empty(count.FindAll(".nav-count"));
        Receiver.AnswerWith(503);
        await Ada.OpenTicketAsync();
        count.WaitForAssertion(() => Assert.Equal("failing or disabled: 1", count.Find(".nav-count").TextContent));
    }

    [Fact]
    public async Task Paused_KeepsWhatHappens_ResumedSendsIt()
    {
        var webhook = await EndpointAsync("Ledger");
        var page = Open();
        await page.PressAsync(".endpoint-headline button", "Pause");
        page.WaitForAssertion(() => Assert.Equal("Ledger is paused", TextOf(page, "#endpoint-headline")));
        Assert.Equal(EndpointStatus.Paused, (await ReadAsync(webhook.Id))!.Status);
        await Ada.OpenTicketAsync();
        page.WaitForAssertion(() => Assert.Contains("1 delivery is kept and sent when it goes on.", page.Find(".endpoint-headline").TextContent, StringComparison.Ordinal));

        await page.PressAsync(".endpoint-headline button", "Resume");
        page.WaitForAssertion(() => Assert.Equal("Ledger delivers", TextOf(page, "#endpoint-headline")));
        page.WaitForAssertion(() => Assert.Equal("succeeded", TextOf(page, ".log-table .status")));
    }

    [Fact]
    public async Task Rotation_IsConfirmed_ShowsTheNewSecret_AndTheOldOneCanBeEnded()
    {
        await EndpointAsync("Ledger");
        var page = Open();
        await page.PressAsync("dialog .button.primary", "Rotate secret");
        page.WaitForAssertion(() => Assert.StartsWith("whsec_", page.Find("#issued-secret").TextContent, StringComparison.Ordinal));
        Assert.Contains("every delivery carries both signatures", page.Find(".endpoint-dialog .body").TextContent, StringComparison.Ordinal);
        await page.ChangeAsync(".endpoint-dialog .check input", true);
        await page.PressAsync(".endpoint-dialog .actions button", "Done");

        page.WaitForAssertion(() => Assert.Contains("Two secrets sign until", page.Find(".endpoint-headline .notice").TextContent, StringComparison.Ordinal));
        Assert.True(page.FindAll(".endpoint-headline button").Single(b => b.TextContent == "Rotate secret").HasAttribute("disabled"));
        await page.PressAsync("dialog .button.primary", "End old secret");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".endpoint-headline .notice")));
        page.WaitForAssertion(() => Assert.False(page.FindAll(".endpoint-headline button").Single(b => b.TextContent == "Rotate secret").HasAttribute("disabled")));
    }

    [Fact]
    public async Task Deleted_AfterItsNameWasConfirmed_LeavesItsLogBehind()
    {
        var webhook = await EndpointAsync("Ledger");
        await Ada.OpenTicketAsync();
        await EndedAsync(1);
        var page = Open();
        page.WaitForAssertion(() => Assert.Contains(page.FindAll("dialog h2"), h => h.TextContent == "Delete Ledger"));
        await page.PressAsync("dialog .button.primary.danger", "Delete endpoint");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".state")));
        Assert.Null(await ReadAsync(webhook.Id));
        var told = Assert.Single(Toasts.Current);
        Assert.Equal("Ledger was deleted", told.Title);

        page = Open(told.Href!);
        page.WaitForAssertion(() => Assert.Equal("succeeded", TextOf(page, ".log-table .status")));
        Assert.Contains("was deleted", page.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), b => b.TextContent.Contains("Recover", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edit_ShowsWhatIsThere_AndSavesWhatChanges()
    {
        var webhook = await EndpointAsync("Ledger");
        var page = Open();
        await page.PressAsync(".endpoint-headline button", "Edit");
        page.WaitForAssertion(() => Assert.Equal("Ledger", page.Find("#endpoint-description").GetAttribute("value")));
        await page.ChangeAsync("#endpoint-description", "General ledger");
        await page.ChangeAsync("#endpoint-limit", "many");
        await page.SubmitAsync(".endpoint-dialog form");
        page.WaitForAssertion(() => Assert.Contains("whole number", page.Find("#endpoint-limit-error").TextContent, StringComparison.Ordinal));
        await page.ChangeAsync("#endpoint-limit", "5");
        await page.SubmitAsync(".endpoint-dialog form");
        page.WaitForAssertion(() => Assert.StartsWith("General ledger", TextOf(page, "#endpoint-headline"), StringComparison.Ordinal));
        var saved = (await ReadAsync(webhook.Id))!;
        Assert.Equal(("General ledger", 5, webhook.Url), (saved.Description, saved.RateLimit, saved.Url));
    }

    [Fact]
    public async Task Test_IsSentAtOnce_AndSaidWithAWayToLookAtIt()
    {
        await EndpointAsync("Ledger", "/tested");
        var page = Open();
        await page.PressAsync(".endpoint-headline button", "Send webhook.test");
        page.WaitForAssertion(() => Assert.Equal(("webhook.test was delivered", ToastTone.Ok), (Assert.Single(Toasts.Current).Title, Toasts.Current[0].Tone)));
        Assert.Contains(Receiver.Received, r => r.Path == "/tested");
        page.WaitForAssertion(() => Assert.Equal("webhook.test", TextOf(page, ".log-table .type a")));

        Receiver.AnswerWith(500);
        await page.PressAsync(".endpoint-headline button", "Send webhook.test");
        page.WaitForAssertion(() => Assert.Contains(Toasts.Current, t => t is { Title: "webhook.test was not delivered", Body: "The receiver answered 500 Internal Server Error." }));
        page = Open(Toasts.Current.Single(t => t.Tone == ToastTone.Warn).Href!);
        page.WaitForAssertion(() => Assert.Equal("500", TextOf(page, ".attempts-of .bad")));
    }

    [Fact]
    public async Task UnknownEndpoint_SaysSo_AndLeadsToTheFirst()
    {
        await EndpointAsync("Ledger");
        var page = Open($"/webhooks?endpoint={Guid.CreateVersion7()}");
        page.WaitForAssertion(() => Assert.Equal("There is no such endpoint", TextOf(page, ".state h2")));
        Assert.Empty(page.FindAll(".endpoint-headline"));
    }
}

/// <summary>The page of somebody who may only read.</summary>
public sealed class ReadOnlyWebhooksPageTests(ReachingPortal reaching) : WebhookPages(reaching)
{
    protected override Task<GivenPerson> ViewerAsync() => Acme.PersonAsync(Roles.Analyst);

    [Fact]
    public async Task Analyst_SeesHealthLogAndSnippets_AndNoButtonThatChangesAnything()
    {
        await EndpointAsync("Ledger");
        await Ada.OpenTicketAsync();
        await EndedAsync(1);
        var page = Open();
        page.WaitForAssertion(() => Assert.Equal("succeeded", TextOf(page, ".log-table .status")));
        Assert.Equal(["Verify signatures"], page.FindAll(".endpoint-headline button").Select(b => b.TextContent.Trim()));
        Assert.DoesNotContain(page.FindAll("button"), b => b.TextContent.Contains("Recover", StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".endpoint-card.add"));
        Assert.Contains("createHmac", page.Find("#snippet").TextContent, StringComparison.Ordinal);
        await page.PressAsync(".snippets button", "Python");
        page.WaitForAssertion(() => Assert.Contains("import hmac", page.Find("#snippet").TextContent, StringComparison.Ordinal));

        page = Follow(page, ".log-table .type a");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".inspector .exchange")));
        Assert.Equal(["Verify signature"], page.FindAll(".inspector .head .button").Select(b => b.TextContent.Trim()));
    }
}
