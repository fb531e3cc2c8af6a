using Bunit;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Support.Components;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Components;

/// <summary>Two people change one ticket: the second is told, and neither loses a word.</summary>
public sealed class TicketEditFormTests(PortalFixture fixture) : ComponentTest, IClassFixture<PortalFixture>
{
    private GivenPerson _ada = null!;
    private GivenPerson _ben = null!;
    private Scope _scope = null!;
    private TicketView _ticket = null!;
    private int _closed;

    public override async Task InitializeAsync()
    {
        var acme = await fixture.Given.TenantAsync();
        (_ada, _ben) = (await acme.PersonAsync(Roles.Analyst, name: "Ada"), await acme.PersonAsync(Roles.Manager, name: "Ben"));
        _ticket = await _ada.OpenTicketAsync("The peering drops", "Since 08:40.");
        _scope = _ada.Scope();
        Serve(_scope);
    }

    [Fact]
    public async Task Saved_ChangesOnlyWhatWasRewritten_AndForgetsTheDraft()
    {
        var form = Form();
        await form.ChangeAsync("#edit-subject", "The peering is down");
        await form.SubmitAsync("form");

        var now = await NowAsync();
        Assert.Equal(("The peering is down", "Since 08:40.", TicketCategory.General), (now.Subject, now.Description, now.Category));
        Assert.Equal(1, _closed);
        Assert.Null(await DraftAsync());
    }

    [Fact]
    public async Task SomeoneChangedTheSameWords_IsTold_SeesBoth_AndDecides()
    {
        var form = Form();
        await form.ChangeAsync("#edit-subject", "Mine");
        await BenAsync(tickets => tickets.EditAsync(_ticket.Id, new EditTicket { Subject = "Ben's" }, null, CancellationToken.None));

        await form.SubmitAsync("form");

        Assert.Equal("Ben's", (await NowAsync()).Subject);
        form.WaitForAssertion(() => Assert.Contains("has changed since you began", form.Find(".notice").TextContent, StringComparison.Ordinal));
        Assert.Equal("Mine", form.Find("#edit-subject").GetAttribute("value"));
        Assert.Contains("Ben's", form.Find(".theirs").TextContent, StringComparison.Ordinal);
        Assert.Equal(0, _closed);

        await form.SubmitAsync("form");

        Assert.Equal("Mine", (await NowAsync()).Subject);
        Assert.Equal(1, _closed);
    }

    [Fact]
    public async Task TakingTheirs_EndsTheConflict()
    {
        var form = Form();
        await form.ChangeAsync("#edit-subject", "Mine");
        await form.ChangeAsync("#edit-category", "billing");
        await BenAsync(tickets => tickets.EditAsync(_ticket.Id, new EditTicket { Subject = "Ben's" }, null, CancellationToken.None));
        await form.SubmitAsync("form");

        await form.PressAsync(".theirs button");
        Assert.Empty(form.FindAll(".theirs"));
        await form.SubmitAsync("form");

        var now = await NowAsync();
        Assert.Equal(("Ben's", TicketCategory.Billing), (now.Subject, now.Category));
    }

    [Fact]
    public async Task AnAnswerOrAnotherFieldInBetween_IsNoConflict()
    {
        var form = Form();
        await form.ChangeAsync("#edit-subject", "Mine");
        await BenAsync(tickets => tickets.CommentAsync(_ticket.Id, new AddComment { Body = "Same here." }, CancellationToken.None));
        await BenAsync(tickets => tickets.EditAsync(_ticket.Id, new EditTicket { Description = "Ben's words" }, null, CancellationToken.None));

        await form.SubmitAsync("form");

        var now = await NowAsync();
        Assert.Equal(("Mine", "Ben's words"), (now.Subject, now.Description));
        Assert.Equal(1, _closed);
    }

    [Fact]
    public async Task LiveChange_ShowsInUntouchedFields_AndBesideTouchedOnes()
    {
        var form = Form();
        await form.ChangeAsync("#edit-subject", "Mine");
        await BenAsync(tickets => tickets.EditAsync(_ticket.Id, new EditTicket { Subject = "Ben's", Category = TicketCategory.Security }, null, CancellationToken.None));
        _ticket = await NowAsync();

        form.Render(p => p.Add(f => f.Ticket, _ticket));

        Assert.Equal("Mine", form.Find("#edit-subject").GetAttribute("value"));
        Assert.Equal("security", form.Find("#edit-category").GetAttribute("value"));
        Assert.Contains("Ben's", form.Find(".theirs").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutOff_IsBackWhenTheFormOpensAgain_UntilItIsDiscarded()
    {
        var form = Form();
        await form.ChangeAsync("#edit-subject", "Half a thought");
        Clock.Advance(TimeSpan.FromSeconds(1));
        form.WaitForAssertion(() => Assert.Contains("Draft saved", form.Find("[role=status]").TextContent, StringComparison.Ordinal));
        await form.PressAsync("button", "Not now");
        Assert.Equal(1, _closed);

        var again = Form();
        Assert.Equal("Half a thought", again.Find("#edit-subject").GetAttribute("value"));
        Assert.Contains("Your unfinished changes are back", again.Markup, StringComparison.Ordinal);

        await again.PressAsync("button", "Discard my changes");
        Assert.Null(await DraftAsync());
        Assert.Equal("The peering drops", (await NowAsync()).Subject);
    }

    [Fact]
    public async Task BrokenRule_StandsBesideItsField()
    {
        var form = Form();
        await form.ChangeAsync("#edit-subject", "x");
        await form.SubmitAsync("form");
        Assert.Equal("true", form.Find("#edit-subject").GetAttribute("aria-invalid"));
        Assert.Contains("3 to 200 characters", form.Find("#edit-subject-error").TextContent, StringComparison.Ordinal);
        Assert.Equal(0, _closed);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Tags_AreForStaffAlone(bool withTags, int fields) =>
        Assert.Equal(fields, Render<TicketEditForm>(p => Parameters(p).Add(f => f.WithTags, withTags)).FindAll("#edit-tags").Count);

    protected override async Task LeaveAsync()
    {
        await base.LeaveAsync();
        await _scope.DisposeAsync();
    }

    private IRenderedComponent<TicketEditForm> Form()
    {
        var form = Render<TicketEditForm>(p => Parameters(p));
        form.WaitForAssertion(() => Assert.False(form.Find("#edit-subject").HasAttribute("readonly")));
        return form;
    }

    private ComponentParameterCollectionBuilder<TicketEditForm> Parameters(ComponentParameterCollectionBuilder<TicketEditForm> parameters) => parameters
        .Add(f => f.Ticket, _ticket)
        .Add(f => f.Save, (edit, version) => _scope.Get<TicketService>().EditAsync(_ticket.Id, edit, version, CancellationToken.None))
        .Add(f => f.Reread, () => _scope.Get<TicketService>().GetAsync(_ticket.Id, CancellationToken.None))
        .Add(f => f.Closed, () => { _closed++; });

    private async Task<TicketView> NowAsync() => (await _scope.Get<TicketService>().GetAsync(_ticket.Id, CancellationToken.None)).Value;

    private Task<string?> DraftAsync() => _scope.Get<DraftService>().FindAsync($"ticket/{_ticket.Id}/edit", CancellationToken.None);

    private async Task BenAsync<T>(Func<TicketService, Task<Result<T>>> act)
    {
        await using var scope = _ben.Scope();
        Assert.True((await act(scope.Get<TicketService>())).IsSuccess);
    }
}
