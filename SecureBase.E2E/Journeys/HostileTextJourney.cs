using Microsoft.Playwright;
using SecureBase.Core.Kernel;
using SecureBase.E2E.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Journeys;

/// <summary>Whatever a stranger writes is text to everyone who reads it.</summary>
public sealed class HostileTextJourney
{
    private const string Breach = "window.breached=1";
    private const string LastLine = "The last line of it.";

    private const string Everything = $$"""
        <script>{{Breach}}</script> <img src=x onerror="{{Breach}}"> <svg onload="{{Breach}}"></svg> <iframe srcdoc="<script>parent.{{Breach}}</script>"></iframe>

        [a link](javascript:{{Breach}}) [another](JaVaScRiPt:{{Breach}}) [third](data:text/html,<script>{{Breach}}</script>) [fourth](vbscript:{{Breach}}) <javascript:{{Breach}}>

        ![a picture](https://evil.example/pixel.png) ![one more](x" onerror="{{Breach}}) <a href="javascript:{{Breach}}">raw</a> <style>body{display:none}</style>

        [ref]: javascript:{{Breach}} "title" onclick="{{Breach}}"
        [by reference][ref]

        `<img src=x onerror={{Breach}}>`

        ```html" onmouseover="{{Breach}}
        <script>{{Breach}}</script>
        ```

        <form action="https://evil.example/"><input name=password><button>Sign in again</button></form> <base href="https://evil.example/"> <meta http-equiv="refresh" content="0;url=https://evil.example/">

        {{LastLine}}
        """;

    [Fact]
    public Task Markup_in_names_subjects_and_messages_does_nothing() => Journey.RunAsync(async journey =>
    {
        var subject = $"<img src=x onerror=\"{Breach}\"> **bold** <script>{Breach}</script>";
        var acme = await journey.Given.TenantAsync("acme-hostile", $"<script>{Breach}</script>");
        var mallory = await acme.PersonAsync(Roles.Admin, $"<img src=x onerror=\"{Breach}\">");
        var priya = await (await journey.Given.OperatorAsync()).PersonAsync(Roles.Agent, $"Priya <svg onload=\"{Breach}\">");
        var customer = await journey.SignInAsync(mallory);
        var agent = await journey.SignInAsync(priya, journey.Stage.Second);
        await agent.GoAsync("/outbox");

        // The one who writes: preview, conversation, list and start page.
        await customer.GoAsync("/tickets/new");
        await customer.Page.GetByLabel("Subject").FillAsync(subject);
        await customer.Page.GetByRole(AriaRole.Textbox, new() { Name = "Description" }).FillAsync(Everything);
        await customer.Page.GetByRole(AriaRole.Tab, new() { Name = "Preview" }).ClickAsync();
        await Expect(customer.Page.Locator(".editor-preview")).ToContainTextAsync(LastLine);
        await customer.AssertInertAsync();
        var told = agent.HoldToastAsync("New ticket");
        await customer.Page.GetByRole(AriaRole.Button, new() { Name = "Open ticket" }).ClickAsync();
        await Expect(customer.Heading(subject)).ToBeVisibleAsync();
        var number = customer.Page.Url[(customer.Page.Url.LastIndexOf('/') + 1)..];
        await told;
        await Expect(agent.Toast($"New ticket {number}")).ToBeVisibleAsync();
        await Expect(agent.Toast(subject)).ToBeVisibleAsync();
        await agent.AssertInertAsync();
        await customer.ReplyAsync(Everything);
        await Expect(LastLines(customer)).ToHaveCountAsync(2);
        await customer.AssertInertAsync();
        await customer.GoAsync("/tickets");
        await Expect(customer.Page.GetByRole(AriaRole.Link, new() { Name = subject })).ToBeVisibleAsync();
        await customer.AssertInertAsync();
        await customer.GoAsync("/home");
        await Expect(customer.Page.GetByRole(AriaRole.Main).GetByText(subject)).ToBeVisibleAsync();
        await customer.AssertInertAsync();

        // Those who read: queue, panel, ticket with a note, and what comes back as a toast and by mail.
        await agent.GoAsync("/queue?tenant=acme-hostile");
        await agent.Page.GetByRole(AriaRole.Link, new() { Name = subject }).ClickAsync();
        await Expect(agent.Peek().GetByText(LastLine).First).ToBeVisibleAsync();
        await agent.AssertInertAsync();
        await agent.Page.GetByRole(AriaRole.Link, new() { Name = "Open full ticket" }).ClickAsync();
        await agent.AddNoteAsync(Everything);
        await Expect(LastLines(agent)).ToHaveCountAsync(3);
        await agent.WriteReplyAgainAsync();
        told = customer.HoldToastAsync($"Reply on {number}");
        await agent.ReplyAsync(Everything);
        await Expect(LastLines(agent)).ToHaveCountAsync(4);
        await agent.AssertInertAsync();
        await told;
        await Expect(customer.Toast($"Reply on {number}")).ToBeVisibleAsync();
        await customer.AssertInertAsync();
        await agent.GoAsync("/outbox");
        await agent.Page.GetByRole(AriaRole.Link, new() { NameRegex = new($"\\[{number}\\] .* replied:") }).ClickAsync();
        var mail = agent.Page.Locator("iframe.mail-body");
        await Expect(mail).ToHaveAttributeAsync("srcdoc", new System.Text.RegularExpressions.Regex(LastLine));
        await agent.AssertInertAsync();
        var inMail = await mail.EvaluateAsync<string[]>($"frame => ({Inert.Script})(new DOMParser().parseFromString(frame.srcdoc, 'text/html').body)");
        Assert.Empty(inMail);
    });

    private static ILocator LastLines(Window window) => window.Conversation().GetByText(LastLine, new() { Exact = true });
}
