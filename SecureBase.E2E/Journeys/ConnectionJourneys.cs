using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>A page that lost its node: for a moment, or because the node is gone.</summary>
public sealed class ConnectionJourneys
{
    private const string Paused = "Live updates paused, reconnecting";

    [Fact]
    public Task A_page_whose_connection_was_away_catches_up_and_sends_what_was_typed_meanwhile() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-wire");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var ticket = await ada.OpenTicketAsync("The peering drops");
        var window = await journey.SignInAsync(ada);
        var wire = await Wire.LayAsync(window);
        await window.GoAsync($"/tickets/{ticket.Number}");
        await window.MarkDocumentAsync();
        await window.Reply().TypeAtOnceAsync("Typed before the tunnel");
        await Expect(window.Page.GetByText("Draft saved")).ToBeVisibleAsync();

        await wire.CutAsync();
        await Expect(window.Page.GetByText(Paused)).ToBeVisibleAsync();
        await window.Page.Keyboard.TypeAsync(", and in it");
        await priya.InAsync(acme, t => t.CommentAsync(ticket.Id, new AddComment { Body = "Said while nobody listened" }, CancellationToken.None));
        wire.Mend();

        await Expect(window.Page.GetByText(Paused)).ToBeHiddenAsync();
        await Expect(window.Conversation().GetByText("Said while nobody listened")).ToBeVisibleAsync();
        await window.ReplyButton().ClickAsync();
        await Expect(window.Conversation().GetByText("Typed before the tunnel, and in it", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(window.Reply()).ToHaveValueAsync("");
        Assert.True(await window.IsSameDocumentAsync(), "The page was loaded again.");
    });

    [Fact]
    public Task A_killed_node_takes_no_text_along_and_the_page_comes_back_by_itself() => Journey.RunAsync(async journey =>
    {
        var acme = await journey.Given.TenantAsync("acme-kill");
        var ada = await acme.PersonAsync(Roles.Analyst, "Ada Customer");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, "Priya Agent");
        var ticket = await ada.OpenTicketAsync("The peering drops");
        await using var node = await PortalServer.StartAsync(Stage.SettingsFor(journey.Stage.Database, journey.Stage.MasterKey));
        var window = await journey.SignInAsync(ada, node);
        // The dead node refuses connections until it is back.
        window.Problems.ExpectLostCircuit();
        await window.GoAsync($"/tickets/{ticket.Number}");
        await window.MarkDocumentAsync();
        await window.Reply().TypeAtOnceAsync("Typed a moment before the end");
        await node.KillAsync();
        await Expect(window.Page.GetByText(Paused)).ToBeVisibleAsync();
        await window.Page.Keyboard.TypeAsync(", and after it");
        await priya.InAsync(acme, t => t.CommentAsync(ticket.Id, new AddComment { Body = "Written while the node was dead" }, CancellationToken.None));
        await node.StartAsync();

        // The page is a new one, with all that happened, and the caret where it was.
        await window.Page.WaitForFunctionAsync("() => window.journeyMark === undefined && document.querySelector('[data-ready]')");
        await Expect(window.Conversation().GetByText("Written while the node was dead")).ToBeVisibleAsync();
        await Expect(window.Reply()).ToHaveValueAsync("Typed a moment before the end, and after it");
        await Expect(window.Reply()).ToBeFocusedAsync();
        await window.Page.Keyboard.TypeAsync(", and on");
        await ada.KeptDraftAsync($"ticket/{ticket.Id}/reply", ", and on");

        // The node dies again, for good: whoever goes on at another screen finds the draft there.
        await node.KillAsync();
        var other = await journey.SignInAsync(ada, journey.Stage.Second);
        await other.GoAsync($"/tickets/{ticket.Number}");
        await Expect(other.Reply()).ToHaveValueAsync("Typed a moment before the end, and after it, and on");
        await other.ReplyButton().ClickAsync();
        await Expect(other.Conversation().GetByText("Typed a moment before the end, and after it, and on")).ToBeVisibleAsync();
    });
}
