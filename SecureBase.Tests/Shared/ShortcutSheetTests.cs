using Bunit;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Shared;

public sealed class ShortcutSheetTests : ComponentTest
{
    [Fact]
    public async Task QuestionMark_OpensTheListOfKeys()
    {
        var dialogs = JSInterop.SetupModule("./js/dialogs.js");
        dialogs.Mode = JSRuntimeMode.Loose;
        var sheet = Render<ShortcutSheet>(p => p.Add(s => s.Shortcuts, [new("New ticket", "C"), new("Send", "Ctrl", "↵")]));
        Assert.Equal(["New ticket: C", "Send: Ctrl ↵"], sheet.FindAll("dl > div").Select(line => $"{line.QuerySelector("dt")!.TextContent}: {string.Join(' ', line.QuerySelectorAll("kbd").Select(k => k.TextContent))}"));
        var opener = sheet.Find("[data-shortcut='?']");
        Assert.Equal(("-1", "true"), (opener.GetAttribute("tabindex"), opener.GetAttribute("aria-hidden")));
        dialogs.VerifyNotInvoke("show");

        await sheet.PressAsync("[data-shortcut='?']");

        dialogs.VerifyInvoke("show");
        await sheet.PressAsync("button[aria-label=Close]");
        dialogs.VerifyInvoke("close");
    }
}
