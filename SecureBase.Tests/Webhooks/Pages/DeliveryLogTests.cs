using Bunit;
using Microsoft.AspNetCore.Http;
using SecureBase.Core.Support;
using SecureBase.Portal.Webhooks.Pages;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks.Pages;

/// <summary>The log on the page of webhooks: followed live, filtered, looked into, sent again.</summary>
public sealed class DeliveryLogTests(ReachingPortal reaching) : WebhookPages(reaching)
{
    [Fact]
    public async Task Attempt_ShowsWhatWasSentAndAnswered_ByItsOwnAddress()
    {
        await EndpointAsync("Ledger", "/inspected");
        Receiver.Answer = async (_, http) =>
        {
            http.Response.StatusCode = 202;
            http.Response.Headers["X-Receipt"] = "r-17";
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"accepted":true}""");
        };
        var ticket = await Ada.OpenTicketAsync("Der Zähler steht");
        await EndedAsync(1);
        var page = Open();
        page = Follow(page, ".log-table .type a");
        page.WaitForAssertion(() => Assert.StartsWith("Delivered at the first attempt", TextOf(page, ".inspector .say"), StringComparison.Ordinal));
        var received = Receiver.Received.Single(r => r.Path == "/inspected");
        Assert.Equal(received.Id, TextOf(page, "#delivery-id"));
        Assert.Equal(received.Signatures, HeadersOf(page)["webhook-signature"].Split(' '));
        var body = page.Find(".exchange pre").TextContent;
        Assert.Contains($"\"subject\": \"{ticket.Subject}\"", body, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll(".exchange pre .json-name"));

        page = Follow(page, ".segments a:nth-child(2)");
        page.WaitForAssertion(() => Assert.StartsWith("202 Accepted", TextOf(page, ".exchange .address"), StringComparison.Ordinal));
        Assert.Contains("pane=response", Address, StringComparison.Ordinal);
        Assert.Equal("r-17", HeadersOf(page)["X-Receipt"]);
        Assert.Contains("\"accepted\": true", page.Find(".exchange pre").TextContent, StringComparison.Ordinal);

        page = Follow(page, ".segments a:nth-child(3)");
        page.WaitForAssertion(() => Assert.StartsWith($"{received.Id}.{received.Timestamp}.{{", TextOf(page, "#signed-content"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task FailedDelivery_NamesEveryAttempt_AndAReplayBringsItThroughUnderTheSameId()
    {
        await EndpointAsync("Ledger", "/replayed");
        Receiver.AnswerWith(500);
        await Ada.OpenTicketAsync();
        await EndedAsync(1);
        var page = Open();
        page = Follow(page, ".log-table .type a");
        page.WaitForAssertion(() => Assert.Contains("It is given up. The receiver answered 500 Internal Server Error.", TextOf(page, ".inspector .say"), StringComparison.Ordinal));
        Assert.Equal(["500", "500"], page.FindAll(".attempts-of .bad").Select(b => b.TextContent));
        var first = page.FindAll(".attempts-of a")[0].GetAttribute("href")!;
        Assert.Contains("attempt=1", first, StringComparison.Ordinal);

        Receiver.AnswerWith(204);
        await page.PressAsync(".inspector .button.primary", "Replay");
        page.WaitForAssertion(() => Assert.Equal("succeeded", TextOf(page, ".inspector .record")));
        page.WaitForAssertion(() => Assert.Equal("succeeded", TextOf(page, ".log-table .status")));
        Assert.Equal(3, page.FindAll(".attempts-of a").Count);
        Assert.Single(Receiver.Received.Where(r => r.Path == "/replayed").Select(r => r.Id).Distinct());
    }

    [Fact]
    public async Task PendingDelivery_SaysWhenItGoesOn_AndTheAttemptsToCome()
    {
        await EndpointAsync("Ledger");
        Receiver.AnswerWith(500);
        await Ada.OpenTicketAsync();
        await EndedAsync(1);
        await ExecuteAsync($"update deliveries set status = 'pending', finished_at = null, earlier_attempts = attempt_count, next_attempt_at = now() + interval '2 hours' where tenant_id = '{Acme.Id}' and channel = 'webhook'");
        var delivery = (await LogAsync()).Single();
        var page = Open($"/webhooks?delivery={delivery.Id}");
        page.WaitForAssertion(() => Assert.Contains("with the same id", TextOf(page, ".inspector .say"), StringComparison.Ordinal));
        Assert.NotEmpty(page.FindAll(".inspector time[data-countdown]"));
        Assert.Equal(["next", "then 1 s later"], page.FindAll(".attempts-of .coming .wide").Select(c => c.TextContent));
        Assert.Equal("Send now", TextOf(page, ".inspector .button.primary"));
    }

    [Fact]
    public async Task Recovery_SaysHowManyItWillSend_AndSendsThem()
    {
        await EndpointAsync("Ledger");
        Receiver.AnswerWith(500);
        await Ada.OpenTicketAsync("One");
        await Ada.OpenTicketAsync("Two");
        await EndedAsync(2);
        var page = Open();
        await page.PressAsync(".filter-bar .button", "Recover failed…");
        page.WaitForAssertion(() => Assert.Equal("2 failed deliveries are sent again.", TextOf(page, ".dialog .found")));
        await page.ChangeAsync("#recover-span", "Range");
        await page.ChangeAsync("#recover-from", "2020-01-01T00:00:00");
        await page.ChangeAsync("#recover-to", "2020-01-02T00:00:00");
        page.WaitForAssertion(() => Assert.Equal("No delivery made then has failed for good.", TextOf(page, ".dialog .found")));
        Assert.Contains(page.FindAll("dialog .button.primary"), b => b.TextContent == "Recover" && b.HasAttribute("disabled"));
        await page.ChangeAsync("#recover-to", "2019-01-02T00:00:00");
        await page.PressAsync("dialog .button.primary", "Recover");
        page.WaitForAssertion(() => Assert.Equal("The range ends before it begins.", TextOf(page, "#recover-to-error")));

        Receiver.AnswerWith(204);
        await page.ChangeAsync("#recover-span", "Hour");
        await page.PressAsync("dialog .button.primary", "Recover");
        page.WaitForAssertion(() => Assert.Contains("The recovery queued 2 failed deliveries again", page.Find(".recovery").TextContent, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal(["succeeded", "succeeded"], page.FindAll(".log-table .status").Select(s => s.TextContent.Trim())));
    }

    [Fact]
    public async Task Filters_AreInTheAddress_AndFindByTicketNumber()
    {
        await EndpointAsync("Ledger", "/hook", "ticket.created", "ticket.updated");
        var (one, two) = (await Ada.OpenTicketAsync("One"), await Ada.OpenTicketAsync("Two"));
        await EndedAsync(2);
        Receiver.AnswerWith(500);
        await using (var scope = Ada.Scope())
            await scope.Get<TicketService>().EditAsync(one.Id, new EditTicket { Subject = "One more" }, null, CancellationToken.None);
        await EndedAsync(3);

        Assert.Equal(["ticket.updated", "ticket.created", "ticket.created"], TypesOf(Open()));
        Assert.Equal(["ticket.updated"], TypesOf(Open("/webhooks?status=failed")));
        Assert.Equal(["ticket.created", "ticket.created"], TypesOf(Open("/webhooks?type=ticket.created,no.such")));
        Assert.Equal(["ticket.updated", "ticket.created"], TypesOf(Open($"/webhooks?about={one.Number}")));
        Assert.Equal(["ticket.created"], TypesOf(Open($"/webhooks?about={two.Id}&span=all")));

        var page = Open("/webhooks?status=failed&type=ticket.created");
        page.WaitForAssertion(() => Assert.Equal("Nothing matches", TextOf(page, ".state h2")));
        await page.ChangeAsync("#find", "NONE-1");
        await page.SubmitAsync(".find");
        page.WaitForAssertion(() => Assert.Contains("about=NONE-1", Address, StringComparison.Ordinal));
        page = Open(Address);
        page.WaitForAssertion(() => Assert.Contains("“NONE-1” is neither", page.Find(".state").TextContent, StringComparison.Ordinal));
        Assert.Equal("NONE-1", page.Find("#find").GetAttribute("value"));
    }

    [Fact]
    public async Task Live_NewDeliveriesAppear_UntilItIsSwitchedOff_AndThenItSaysThatThereAreMore()
    {
        await EndpointAsync("Ledger");
        var page = Open();
        page.WaitForAssertion(() => Assert.Equal("true", page.Find(".chip.tail").GetAttribute("aria-pressed")));
        await Ada.OpenTicketAsync("One");
        page.WaitForAssertion(() => Assert.Equal("succeeded", Assert.Single(page.FindAll(".log-table .status")).TextContent.Trim()));

        await page.PressAsync(".chip.tail", "Live");
        await Ada.OpenTicketAsync("Two");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".newer")));
        Assert.Single(page.FindAll(".log-table .status"));
        Assert.Equal("false", page.Find(".chip.tail").GetAttribute("aria-pressed"));

        await page.PressAsync(".newer", "Newer deliveries came: show them and follow");
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".log-table .status").Count));
        Assert.Empty(page.FindAll(".newer"));
        Assert.Equal("true", page.Find(".chip.tail").GetAttribute("aria-pressed"));
    }

    [Fact]
    public async Task Keys_ReachTheNextAndThePreviousDelivery()
    {
        await EndpointAsync("Ledger");
        foreach (var subject in new[] { "One", "Two", "Three" })
            await Ada.OpenTicketAsync(subject);
        await EndedAsync(3);
        var page = Open();
        page.WaitForAssertion(() => Assert.Equal(["j", null, null], ShortcutsOf(page)));
        page = Follow(page, ".log-table tr:nth-child(2) .type a");
        page.WaitForAssertion(() => Assert.Equal(["k", null, "j"], ShortcutsOf(page)));
    }

    private static IEnumerable<string?> ShortcutsOf(IRenderedComponent<WebhooksPage> page) => page.FindAll(".log-table .type a").Select(a => a.GetAttribute("data-shortcut"));

    private static IEnumerable<string> TypesOf(IRenderedComponent<WebhooksPage> page)
    {
        page.WaitForElement(".log-table");
        return page.FindAll(".log-table .type a").Select(a => a.TextContent);
    }

    private static Dictionary<string, string> HeadersOf(IRenderedComponent<WebhooksPage> page) =>
        page.FindAll(".wire-headers > div").ToDictionary(d => d.QuerySelector("dt")!.TextContent, d => d.QuerySelector("dd")!.TextContent);
}
