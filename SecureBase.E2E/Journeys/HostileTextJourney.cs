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

    private const string Inert = """
        root => {
          const found = window.breached ? ["a script ran"] : [];
          for (const e of root.querySelectorAll("*")) {
            if (["SCRIPT", "OBJECT", "EMBED", "STYLE", "BASE", "META", "LINK", "IMG"].includes(e.tagName)) found.push(e.outerHTML);
            if (e.tagName === "IFRAME" && e.getAttribute("sandbox") !== "") found.push(e.outerHTML);
            for (const a of e.attributes) if (/^on/i.test(a.name)) found.push(e.outerHTML);
            for (const name of ["href", "src", "action", "formaction"]) {
              const target = e.getAttribute(name);
              if (target && !["http:", "https:", "mailto:"].includes(new URL(target, location.href).protocol)) found.push(e.outerHTML);
            }
            if (e.tagName === "FORM" && new URL(e.getAttribute("action") ?? "", location.href).origin !== location.origin) found.push(e.outerHTML);
          }
          return found;
        }
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
        await InertAsync(customer);
        await customer.Page.GetByRole(AriaRole.Button, new() { Name = "Open ticket" }).ClickAsync();
        await Expect(customer.Heading(subject)).ToBeVisibleAsync();
        var number = customer.Page.Url[(customer.Page.Url.LastIndexOf('/') + 1)..];
        await Expect(agent.Toast($"New ticket {number}")).ToBeVisibleAsync();
        await Expect(agent.Toast(subject)).ToBeVisibleAsync();
        await InertAsync(agent);
        await customer.ReplyAsync(Everything);
        await Expect(LastLines(customer)).ToHaveCountAsync(2);
        await InertAsync(customer);
        await customer.GoAsync("/tickets");
        await Expect(customer.Page.GetByRole(AriaRole.Link, new() { Name = subject })).ToBeVisibleAsync();
        await InertAsync(customer);
        await customer.GoAsync("/home");
        await Expect(customer.Page.GetByRole(AriaRole.Main).GetByText(subject)).ToBeVisibleAsync();
        await InertAsync(customer);

        // Those who read: queue, panel, ticket with a note, and what comes back as a toast and by mail.
        await agent.GoAsync("/queue?tenant=acme-hostile");
        await agent.Page.GetByRole(AriaRole.Link, new() { Name = subject }).ClickAsync();
        await Expect(agent.Peek().GetByText(LastLine).First).ToBeVisibleAsync();
        await InertAsync(agent);
        await agent.Page.GetByRole(AriaRole.Link, new() { Name = "Open full ticket" }).ClickAsync();
        await agent.AddNoteAsync(Everything);
        await Expect(LastLines(agent)).ToHaveCountAsync(3);
        await agent.WriteReplyAgainAsync();
        await agent.ReplyAsync(Everything);
        await Expect(LastLines(agent)).ToHaveCountAsync(4);
        await InertAsync(agent);
        await Expect(customer.Toast($"Reply on {number}")).ToBeVisibleAsync();
        await InertAsync(customer);
        await agent.GoAsync("/outbox");
        await agent.Page.GetByRole(AriaRole.Link, new() { NameRegex = new($"\\[{number}\\] .* replied:") }).ClickAsync();
        var mail = agent.Page.Locator("iframe.mail-body");
        await Expect(mail).ToHaveAttributeAsync("srcdoc", new System.Text.RegularExpressions.Regex(LastLine));
        await InertAsync(agent);
        var inMail = await mail.EvaluateAsync<string[]>($"frame => ({Inert})(new DOMParser().parseFromString(frame.srcdoc, 'text/html').body)");
        Assert.Empty(inMail);
    });

    private static ILocator LastLines(Window window) => window.Conversation().GetByText(LastLine, new() { Exact = true });

    private static async Task InertAsync(Window window)
    {
        Assert.Empty(await window.Page.Locator(".app").EvaluateAsync<string[]>(Inert));
        await Expect(window.Page.GetByRole(AriaRole.Main)).ToBeVisibleAsync();
    }
}
