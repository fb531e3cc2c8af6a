using Bunit;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Shared;

public sealed class ConfirmDialogTests : ComponentTest
{
    private readonly BunitJSModuleInterop _dialogs;
    private int _confirmed;
    private Func<Task> _work = () => Task.CompletedTask;

    public ConfirmDialogTests()
    {
        _dialogs = JSInterop.SetupModule("./js/dialogs.js");
        _dialogs.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public async Task Opened_IsAModalOfTheBrowser_WhichKeepsAndReturnsTheFocus()
    {
        var dialog = Dialog();
        await dialog.InvokeAsync(dialog.Instance.OpenAsync);
        _dialogs.VerifyInvoke("show");
        _dialogs.VerifyNotInvoke("close");
        var element = dialog.Find("dialog");
        Assert.Equal("Close ACME-7", dialog.Find("#" + element.GetAttribute("aria-labelledby")).TextContent);
    }

    [Fact]
    public async Task Verb_DoesItOnceAndCloses()
    {
        var running = new TaskCompletionSource();
        _work = () => running.Task;
        var dialog = Dialog();
        await dialog.InvokeAsync(dialog.Instance.OpenAsync);
        Assert.Equal("Close ACME-7", dialog.Find(".actions .primary").TextContent);

        var click = dialog.PressAsync(".actions .primary");
        dialog.WaitForAssertion(() => Assert.True(dialog.Find(".actions .primary").HasAttribute("disabled")));
        _dialogs.VerifyNotInvoke("close");
        running.SetResult();
        await click;

        Assert.Equal(1, _confirmed);
        _dialogs.VerifyInvoke("close");
        Assert.False(dialog.Find(".actions .primary").HasAttribute("disabled"));
    }

    [Theory]
    [InlineData("button[aria-label=Cancel]")]
    [InlineData(".actions .button:not(.primary)")]
    public async Task Dismissal_ClosesWithoutDoingIt(string button)
    {
        var dialog = Dialog();
        await dialog.InvokeAsync(dialog.Instance.OpenAsync);
        await dialog.PressAsync(button);
        _dialogs.VerifyInvoke("close");
        Assert.Equal(0, _confirmed);
    }

    [Fact]
    public async Task Failure_LeavesItOpenAndUsable()
    {
        _work = () => Task.FromException(new InvalidOperationException("The database is away."));
        var dialog = Dialog();
        await dialog.InvokeAsync(dialog.Instance.OpenAsync);
        await Assert.ThrowsAsync<InvalidOperationException>(() => dialog.PressAsync(".actions .primary"));
        _dialogs.VerifyNotInvoke("close");
    }

    [Fact]
    public void DestructiveVerb_LooksLikeOne() =>
        Assert.Contains("danger", Render<ConfirmDialog>(p => p.Add(d => d.Title, "Revoke").Add(d => d.Verb, "Revoke key").Add(d => d.Destructive, true).AddChildContent("It stops at once.")).Find(".actions .primary").ClassList);

    private IRenderedComponent<ConfirmDialog> Dialog() => Render<ConfirmDialog>(p => p
        .Add(d => d.Title, "Close ACME-7").Add(d => d.Verb, "Close ACME-7").Add(d => d.Dismissal, "Keep it open")
        .Add(d => d.OnConfirm, async () => { _confirmed++; await _work(); })
        .AddChildContent("It takes no more messages then."));
}
