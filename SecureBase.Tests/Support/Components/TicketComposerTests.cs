using Bunit;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Support.Attachments;
using SecureBase.Portal.Support.Components;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Components;

public sealed class TicketComposerTests(PortalFixture fixture) : ComponentTest, IClassFixture<PortalFixture>
{
    private const string Key = "ticket/7/reply";

    private readonly List<(string Text, SendChoice Choice)> _sent = [];
    private readonly List<bool> _typing = [];
    private Func<Task<Error?>> _answer = () => Task.FromResult<Error?>(null);
    private Scope _scope = null!;

    public override async Task InitializeAsync()
    {
        var acme = await fixture.Given.TenantAsync();
        _scope = (await acme.PersonAsync(Roles.Analyst)).Scope();
        Serve(_scope);
    }

    [Fact]
    public async Task Sent_ClearsTheTextAndForgetsTheDraft()
    {
        await Drafts.KeepAsync(Key, "It holds since noon.", CancellationToken.None);
        var composer = Composer();
        composer.WaitForAssertion(() => AssertRestored(composer));

        await composer.PressAsync("button[data-submit]");

        Assert.Equal([("It holds since noon.", "Reply")], _sent.Select(s => (s.Text, s.Choice.Label)));
        composer.WaitForAssertion(() => Assert.DoesNotContain("Draft restored", composer.Markup, StringComparison.Ordinal));
        Assert.Null(await Drafts.FindAsync(Key, CancellationToken.None));
        Assert.Equal([false], _typing);
    }

    [Fact]
    public async Task Menu_SendsWithTheStatusItNames()
    {
        await Drafts.KeepAsync(Key, "Which region?", CancellationToken.None);
        var composer = Composer(new("Reply"), new("Reply and ask: waiting-customer", TicketStatus.WaitingCustomer), new("Reply and resolve: resolved", TicketStatus.Resolved));
        composer.WaitForAssertion(() => AssertRestored(composer));
        Assert.Equal(["Reply and ask: waiting-customer", "Reply and resolve: resolved"], composer.FindAll(".menu-panel button").Select(b => b.TextContent.Trim()));

        await composer.PressAsync(".menu-panel button");

        Assert.Equal(TicketStatus.WaitingCustomer, Assert.Single(_sent).Choice.Status);
    }

    [Fact]
    public void OneChoice_NeedsNoMenu() => Assert.Empty(Composer().FindAll("details"));

    [Fact]
    public async Task WhileSending_TheButtonsRest_AndNothingIsSentTwice()
    {
        await Drafts.KeepAsync(Key, "Once only", CancellationToken.None);
        var answer = new TaskCompletionSource<Error?>();
        _answer = () => answer.Task;
        var composer = Composer();
        composer.WaitForAssertion(() => AssertRestored(composer));

        var first = composer.PressAsync("button[data-submit]");
        composer.WaitForAssertion(() => Assert.True(composer.Find("button[data-submit]").HasAttribute("disabled")));
        answer.SetResult(null);
        await first;

        Assert.Single(_sent);
        composer.WaitForAssertion(() => Assert.False(composer.Find("button[data-submit]").HasAttribute("disabled")));
    }

    [Fact]
    public async Task Refused_SaysWhy_AndKeepsEveryWord()
    {
        await Drafts.KeepAsync(Key, "Too late", CancellationToken.None);
        _answer = () => Task.FromResult<Error?>(SupportErrors.TicketClosed("ACME-7"));
        var composer = Composer();
        composer.WaitForAssertion(() => AssertRestored(composer));

        await composer.PressAsync("button[data-submit]");

        composer.WaitForAssertion(() => Assert.StartsWith("ACME-7 is closed", composer.Find("[role=alert]").TextContent.Trim(), StringComparison.Ordinal));
        var box = composer.Find("textarea");
        Assert.Equal("true", box.GetAttribute("aria-invalid"));
        Assert.Contains(composer.Find("[role=alert]").Id!, box.GetAttribute("aria-describedby"), StringComparison.Ordinal);
        Assert.Equal("Too late", await Drafts.FindAsync(Key, CancellationToken.None));
    }

    [Fact]
    public async Task SomeoneAnswersMeanwhile_TheWriterIsTold_AndKeepsEveryWord()
    {
        var now = Clock.GetUtcNow();
        var (me, before) = (Guid.CreateVersion7(), Message("Quinn", now.AddMinutes(-5)));
        var composer = Render<TicketComposer>(p => p.Add(c => c.Id, "reply").Add(c => c.DraftKey, Key).Add(c => c.Choices, [new("Reply")]).Add(c => c.Me, me).Add(c => c.Entries, [before])
            .Add(c => c.Send, (_, _) => Task.FromResult<Error?>(null)));
        composer.WaitForAssertion(() => Assert.False(composer.Find("textarea").HasAttribute("readonly")));
        Arrives(Message("Quinn", now.AddMinutes(-2)));
        Assert.Empty(composer.FindAll(".notice"));

        await composer.ChangeAsync("textarea", "Half a sentence");
        Assert.Empty(composer.FindAll(".notice"));
        Arrives(Message("Myself", now, me), new TimelineEntry { Id = Guid.CreateVersion7(), Kind = TimelineKind.Event, At = now, Author = new(Guid.CreateVersion7(), "Quinn", ActorKind.Agent) });
        Assert.Empty(composer.FindAll(".notice"));
        Arrives(Message("Quinn", now));
        Assert.Equal("Quinn replied 10:00, while you were writing. I have read it", Told());
        Arrives(Message("Ada", now.AddMinutes(1)) with { Kind = TimelineKind.Note });
        Assert.Equal("2 messages came while you were writing, the last by Ada 10:01. I have read it", Told());
        Assert.Equal("Half a sentence", composer.Find("textarea").GetAttribute("value"));

        await composer.PressAsync(".notice button");
        Assert.Empty(composer.FindAll(".notice"));
        Arrives(Message("Ada", now.AddMinutes(2)) with { Kind = TimelineKind.Note });
        Assert.Equal("Ada added a note 10:02, while you were writing. I have read it", Told());
        await composer.PressAsync("button[data-submit]");
        composer.WaitForAssertion(() => Assert.Empty(composer.FindAll(".notice")));

        string Told() => composer.Find(".notice").TextContent.Trim();
        void Arrives(params TimelineEntry[] more) => composer.Render(p => p.Add(c => c.Entries, [.. composer.Instance.Entries, .. more]));
        static TimelineEntry Message(string author, DateTimeOffset at, Guid? id = null) =>
            new() { Id = Guid.CreateVersion7(), Kind = TimelineKind.Comment, At = at, Author = new(id ?? Guid.CreateVersion7(), author, ActorKind.Agent), Body = "A word" };
    }

    [Fact]
    public async Task FilesThatWait_GoWithTheText_AndCanBeTakenAway()
    {
        await Drafts.KeepAsync(Key, "See the files.", CancellationToken.None);
        var files = _scope.Get<AttachmentService>();
        var (gone, kept) = (await UploadAsync("gone.txt"), await UploadAsync("kept.txt"));
        var composer = Composer(UploadPlace.ForCustomers(files));
        composer.WaitForAssertion(() => AssertRestored(composer));
        composer.WaitForAssertion(() => Assert.Equal(["gone.txt", "kept.txt"], composer.FindAll(".file-name").Select(n => n.TextContent)));

        await composer.PressAsync("button[aria-label='Remove gone.txt']");
        composer.WaitForAssertion(() => Assert.Equal(["kept.txt"], composer.FindAll(".file-name").Select(n => n.TextContent)));
        Assert.False((await files.RemoveAsync(gone, CancellationToken.None)).IsSuccess);
        await composer.PressAsync("button[data-submit]");
        Assert.Equal([kept], Assert.Single(_sent).Choice.Attachments);
    }

    [Fact]
    public async Task WhileAFileIsOnItsWay_NothingIsSent_AndThenItGoesToo()
    {
        await Drafts.KeepAsync(Key, "One more file.", CancellationToken.None);
        var composer = Composer(UploadPlace.ForCustomers(_scope.Get<AttachmentService>()));
        composer.WaitForAssertion(() => AssertRestored(composer));
        var tray = composer.FindComponent<AttachmentTray>();
        await tray.InvokeAsync(() => tray.Instance.ProgressedAsync(1));
        composer.WaitForAssertion(() => Assert.True(composer.Find("button[data-submit]").HasAttribute("disabled")));

        var file = await UploadAsync("late.txt");
        await tray.InvokeAsync(() => tray.Instance.ProgressedAsync(0));
        composer.WaitForAssertion(() => Assert.False(composer.Find("button[data-submit]").HasAttribute("disabled")));
        await composer.PressAsync("button[data-submit]");
        Assert.Equal([file], Assert.Single(_sent).Choice.Attachments);
    }

    protected override async Task LeaveAsync()
    {
        await base.LeaveAsync();
        await _scope.DisposeAsync();
    }

    /// <summary>It has looked for what was kept, and takes text and clicks.</summary>
    private static void AssertRestored(IRenderedComponent<TicketComposer> composer)
    {
        Assert.Contains("Draft restored", composer.Markup, StringComparison.Ordinal);
        Assert.False(composer.Find("textarea").HasAttribute("readonly"));
    }

    private DraftService Drafts => _scope.Get<DraftService>();

    private async Task<Guid> UploadAsync(string name) =>
        (await _scope.Get<AttachmentService>().UploadAsync(Key, new IncomingFile(new MemoryStream("a file"u8.ToArray()), name), CancellationToken.None)).Value.Id;

    private IRenderedComponent<TicketComposer> Composer(UploadPlace uploads) => Render<TicketComposer>(p => p
        .Add(c => c.Id, "reply").Add(c => c.Label, "Your reply").Add(c => c.DraftKey, Key).Add(c => c.Choices, [new("Reply")]).Add(c => c.Uploads, uploads)
        .Add(c => c.Send, async (text, choice) => { _sent.Add((text, choice)); return await _answer(); }));

    private IRenderedComponent<TicketComposer> Composer(params SendChoice[] choices) => Render<TicketComposer>(p => p
        .Add(c => c.Id, "reply").Add(c => c.Label, "Your reply").Add(c => c.DraftKey, Key).Add(c => c.Choices, choices.Length == 0 ? [new("Reply")] : choices)
        .Add(c => c.Typing, typing => _typing.Add(typing))
        .Add(c => c.Send, async (text, choice) => { _sent.Add((text, choice)); return await _answer(); }));
}
