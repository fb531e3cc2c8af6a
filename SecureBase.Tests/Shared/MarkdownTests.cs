using Bunit;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Shared;

public sealed class MarkdownTests : ComponentTest
{
    private string _text = "Since **08:40**";

    [Fact]
    public void View_ShowsTheHtmlItIsGiven() =>
        Assert.Equal("<strong>08:40</strong>", Render<MarkdownView>(p => p.Add(v => v.Html, "<p>Since <strong>08:40</strong></p>")).Find("strong").OuterHtml);

    [Fact]
    public async Task Preview_RendersWhatIsWritten_AndKeepsTheBox()
    {
        var editor = Editor();
        Assert.False(editor.Find("textarea").HasAttribute("hidden"));

        await editor.PressAsync("#reply-read");

        Assert.Equal("08:40", editor.Find(".editor-preview strong").TextContent);
        Assert.True(editor.Find("textarea").HasAttribute("hidden"));
        Assert.Equal("true", editor.Find("#reply-read").GetAttribute("aria-selected"));
        Assert.Equal("reply-read", editor.Find("[role=tabpanel]").GetAttribute("aria-labelledby"));

        await editor.PressAsync("#reply-write");

        Assert.False(editor.Find("textarea").HasAttribute("hidden"));
        Assert.Empty(editor.FindAll(".editor-preview"));
    }

    [Fact]
    public async Task Preview_RunsNothingThatWasWritten()
    {
        _text = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>";
        var editor = Editor();
        await editor.PressAsync("#reply-read");
        Assert.Empty(editor.FindAll(".editor-preview script, .editor-preview img, .editor-preview [onerror], .editor-preview a[href^=javascript]"));
    }

    [Theory]
    [InlineData("ArrowRight")]
    [InlineData("ArrowLeft")]
    public async Task Tabs_AreOneStopAndSwitchByArrows(string key)
    {
        var editor = Editor();
        Assert.Equal(("0", "-1"), (editor.Find("#reply-write").GetAttribute("tabindex"), editor.Find("#reply-read").GetAttribute("tabindex")));
        await editor.KeyAsync("#reply-write", key);
        Assert.Equal(("-1", "0"), (editor.Find("#reply-write").GetAttribute("tabindex"), editor.Find("#reply-read").GetAttribute("tabindex")));
    }

    [Theory]
    [InlineData(90, "")]
    [InlineData(91, "91 of 100")]
    [InlineData(101, "101 of 100")]
    public void Counter_SpeaksInTheLastTenth_AndAloudBeyondTheLimit(int length, string expected)
    {
        _text = new string('x', length);
        var counter = Editor().Find("#reply-counter");
        Assert.Equal(expected, counter.TextContent);
        Assert.Equal(length > 100 ? "polite" : "off", counter.GetAttribute("aria-live"));
        Assert.Contains("reply-counter", Editor().Find("textarea").GetAttribute("aria-describedby"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Typing_ReachesTheParent()
    {
        await Editor().ChangeAsync("textarea", "It holds.");
        Assert.Equal("It holds.", _text);
    }

    private IRenderedComponent<MarkdownEditor> Editor() => Render<MarkdownEditor>(p => p
        .Add(e => e.Id, "reply").Add(e => e.Label, "Your reply").Add(e => e.Value, _text).Add(e => e.ValueChanged, text => _text = text)
        .Add(e => e.MaxLength, 100).Add(e => e.Render, SafeMarkdown.ToHtml));
}
