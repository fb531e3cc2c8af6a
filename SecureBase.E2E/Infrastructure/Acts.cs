using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureBase.E2E.Infrastructure;

/// <summary>What people do on the portal's pages, and where they look.</summary>
internal static partial class Acts
{
    /// <summary>Opens a ticket through the form and ends on its page. Answers its number.</summary>
    public static async Task<string> OpenTicketAsync(this Window window, string subject, string description)
    {
        await window.GoAsync("/tickets/new");
        await window.Page.GetByLabel("Subject").FillAsync(subject);
        await window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Description" }).FillAsync(description);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Open ticket" }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(TicketAddress);
        return TicketAddress.Match(window.Page.Url).Groups[1].Value;
    }

    /// <summary>The text box in which a public reply is written, by the customer or by staff.</summary>
    public static ILocator Reply(this Window window) => window.Page.GetByRole(AriaRole.Textbox, new() { NameRegex = ReplyLabel });

    public static ILocator Note(this Window window) => window.Page.GetByRole(AriaRole.Textbox, new() { Name = "Internal note" });

    /// <summary>Types at the speed of a machine, from the first moment the box takes keys.</summary>
    public static async Task TypeAtOnceAsync(this ILocator box, string text)
    {
        await Expect(box).ToBeEditableAsync();
        await box.PressSequentiallyAsync(text);
    }

    /// <summary>Goes on typing until it is seen: a sign of it stands for a few seconds, over which a busy machine may sleep. The text stays as it was.</summary>
    public static Task TypeUntilSeenAsync(this ILocator box, ILocator sign) => Until.TrueAsync("the typing is seen", async () =>
    {
        await box.PressAsync("x");
        await box.PressAsync("Backspace");
        return await sign.First.IsVisibleAsync();
    });

    /// <summary>The button that sends what stands in the box as a public reply.</summary>
    public static ILocator ReplyButton(this Window window) =>
        window.Composer(window.Reply()).GetByRole(AriaRole.Button, new() { Name = "Reply", Exact = true });

    /// <summary>The text box with its buttons.</summary>
    public static ILocator Composer(this Window window, ILocator box) => window.Page.Locator(".composer").Filter(new() { Has = box });

    public static async Task ReplyAsync(this Window window, string text)
    {
        await window.Reply().FillAsync(text);
        await window.ReplyButton().ClickAsync();
    }

    /// <summary>Sends by an entry of the menu beside the button, such as the one that also resolves.</summary>
    public static async Task ReplyAsync(this Window window, string text, string choice)
    {
        var box = window.Reply();
        await box.FillAsync(text);
        await window.Composer(box).Locator("summary").ClickAsync();
        await window.Composer(box).GetByRole(AriaRole.Button, new() { Name = choice }).ClickAsync();
    }

    public static async Task AddNoteAsync(this Window window, string text)
    {
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Internal note" }).ClickAsync();
        await window.Note().FillAsync(text);
        await window.Composer(window.Note()).GetByRole(AriaRole.Button, new() { Name = "Add note" }).ClickAsync();
    }

    /// <summary>The composer keeps to notes once one was written, so that nothing meant for staff goes out by habit.</summary>
    public static Task WriteReplyAgainAsync(this Window window) => window.Page.Locator("button[data-shortcut=r]").ClickAsync();

    public static ILocator Conversation(this Window window) => window.Page.GetByRole(AriaRole.Log, new() { Name = "Conversation" });

    /// <summary>The ticket's status as its head shows it.</summary>
    public static ILocator Status(this Window window, string status) => window.Page.Locator(".ticket-head").GetByText(status, new() { Exact = true });

    public static ILocator Toast(this Window window, string text) => window.Page.GetByRole(AriaRole.Region, new() { Name = "Messages" }).GetByText(text);

    /// <summary>Waits for a toast and holds the pointer over it, so that it stays. Begun before what raises the toast, it misses none.</summary>
    public static Task HoldToastAsync(this Window window, string text) => window.Page.Locator(".toast").Filter(new() { HasText = text }).First.HoverAsync();

    /// <summary>Where a ticket's page says that someone else is on it too.</summary>
    public static ILocator Here(this Window window, string name) => window.Page.Locator(".here").GetByRole(AriaRole.Listitem).Filter(new() { HasText = name });

    /// <summary>The panel beside the queue that shows the chosen ticket.</summary>
    public static ILocator Peek(this Window window) => window.Page.GetByRole(AriaRole.Complementary, new() { Name = "Ticket and customer context" });

    /// <summary>The ticket that the panel beside the queue shows.</summary>
    public static ILocator Chosen(this Window window, string subject) => window.Peek().GetByRole(AriaRole.Heading, new() { Name = subject });

    public static ILocator AccountMenu(this Window window) => window.Page.Locator("summary").Filter(new() { HasText = "Account:" });

    public static ILocator Heading(this Window window, string text) => window.Page.GetByRole(AriaRole.Heading, new() { Name = text });

    /// <summary>The row of a ticket in the list or the queue.</summary>
    public static ILocator Row(this Window window, string text) => window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = text });

    /// <summary>Marks the document, so that <see cref="IsSameDocumentAsync"/> tells later whether the page was loaded again.</summary>
    public static Task MarkDocumentAsync(this Window window) => window.Page.EvaluateAsync("() => { window.journeyMark = true; }");

    public static Task<bool> IsSameDocumentAsync(this Window window) => window.Page.EvaluateAsync<bool>("() => window.journeyMark === true");

    [GeneratedRegex("^Your reply")]
    private static partial Regex ReplyLabel { get; }

    [GeneratedRegex("/tickets/([A-Z0-9]+-[0-9]+)$")]
    private static partial Regex TicketAddress { get; }
}
