using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Presence;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Messaging;

namespace SecureBase.Tests.Support;

public sealed class PresenceTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Guid _page = Guid.CreateVersion7();
    private TestDatabase _database = null!;
    private PortalFactory _portal = null!;
    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;
    private GivenPerson _ben = null!;
    private GivenPerson _agent = null!;
    private TicketView _ticket = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { Clock = _clock });
        _acme = await _portal.Given.TenantAsync();
        _ada = await _acme.PersonAsync(Roles.Admin, name: "Ada");
        _ben = await _acme.PersonAsync(Roles.Viewer, name: "Ben");
        _agent = await (await _portal.Given.OperatorAsync()).PersonAsync(Roles.Agent, name: "Priya");
        _ticket = await _ada.OpenTicketAsync();
    }

    public async Task DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Colleagues_SeeEachOtherViewAndType_ButNotThemselves()
    {
        await ShowAsync(_ben, PresenceState.Viewing);
        await ShowAsync(_ada, PresenceState.Typing);

        Assert.Equal([("Ben", PresenceState.Viewing)], await WhoAsync(_ada));
        Assert.Equal([("Ada", PresenceState.Typing)], await WhoAsync(_ben));
    }

    [Theory]
    [InlineData(PresenceState.Viewing, false)]
    [InlineData(PresenceState.Noting, false)]
    [InlineData(PresenceState.Typing, true)]
    public async Task Staff_AreSeenByCustomersOnlyWhileTheyTypeAReply(PresenceState state, bool isSeen)
    {
        await ShowAsync(_agent, state);
        var lead = await (await _portal.Given.OperatorAsync()).PersonAsync(Roles.Lead);

        Assert.Equal(isSeen, (await WhoAsync(_ada)).Count == 1);
        Assert.Equal([("Priya", state)], await WhoAsync(lead));
    }

    [Fact]
    public async Task Staff_ViewingAndNoting_SignalNothingToCustomers()
    {
        await using var ear = await LiveEar.OpenAsync(_database.Connections, _acme.Id);
        await ShowAsync(_agent, PresenceState.Viewing);
        await ShowAsync(_agent, PresenceState.Noting);
        await ShowAsync(_agent, PresenceState.Typing);
        await ShowAsync(_agent, PresenceState.Viewing);
        await ShowAsync(_agent, PresenceState.Viewing);
        await LeaveAsync(_agent);

        await Until.TrueAsync("every change is signalled", () => ear.Heard.Count(s => s.Kind == PresenceService.Kind) == 5);
        Assert.Equal([LiveAudience.Staff, LiveAudience.Staff, LiveAudience.Everyone, LiveAudience.Everyone, LiveAudience.Staff],
            ear.Heard.Where(s => s.Kind == PresenceService.Kind).Select(s => s.Audience));
        Assert.All(ear.Heard.Where(s => s.Kind == PresenceService.Kind), s => Assert.Equal((_ticket.Id, _agent.Id), (s.Id, s.ActorId)));
    }

    [Fact]
    public async Task SilentPage_IsGoneAfterItsLifetime_AndAHeartbeatKeepsIt()
    {
        await ShowAsync(_ben, PresenceState.Viewing);
        _clock.Advance(TimeSpan.FromSeconds(20));
        await ShowAsync(_ben, PresenceState.Viewing);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Single(await WhoAsync(_ada));

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Empty(await WhoAsync(_ada));
    }

    [Fact]
    public async Task TwoPagesOfOnePerson_ShowTheStrongerUntilBothAreLeft()
    {
        var other = Guid.CreateVersion7();
        await ShowAsync(_ben, PresenceState.Viewing);
        await ShowAsync(_ben, PresenceState.Typing, other);
        await ShowAsync(_ben, PresenceState.Viewing);
        Assert.Equal([("Ben", PresenceState.Typing)], await WhoAsync(_ada));

        await LeaveAsync(_ben, other);
        Assert.Equal([("Ben", PresenceState.Viewing)], await WhoAsync(_ada));
        await LeaveAsync(_ben);
        Assert.Empty(await WhoAsync(_ada));
    }

    [Fact]
    public async Task OtherTenants_NeitherSeeNorEnter()
    {
        await ShowAsync(_ada, PresenceState.Typing);
        var stranger = await (await _portal.Given.TenantAsync()).AdminAsync();
        await using var scope = stranger.Scope();

        Assert.Empty(await scope.Get<PresenceService>().WhoAsync(_ticket.Id, CancellationToken.None));
        var refused = await scope.Get<PresenceService>().ShowAsync(_ticket.Id, _page, PresenceState.Viewing, CancellationToken.None);
        Assert.Equal(ErrorKind.NotFound, refused.Error!.Kind);
        Assert.Empty(await WhoAsync(_ada));
    }

    [Fact]
    public async Task Customer_CannotNote()
    {
        await using var scope = _ada.Scope();
        var refused = await scope.Get<PresenceService>().ShowAsync(_ticket.Id, _page, PresenceState.Noting, CancellationToken.None);
        Assert.Equal(ErrorKind.Forbidden, refused.Error!.Kind);
    }

    private async Task ShowAsync(GivenPerson person, PresenceState state, Guid? page = null)
    {
        await using var scope = person.Scope(_acme);
        Assert.True((await scope.Get<PresenceService>().ShowAsync(_ticket.Id, page ?? _page, state, CancellationToken.None)).IsSuccess);
    }

    private async Task LeaveAsync(GivenPerson person, Guid? page = null)
    {
        await using var scope = person.Scope(_acme);
        await scope.Get<PresenceService>().LeaveAsync(_ticket.Id, page ?? _page, CancellationToken.None);
    }

    private async Task<List<(string Name, PresenceState State)>> WhoAsync(GivenPerson viewer)
    {
        await using var scope = viewer.Scope(_acme);
        return [.. (await scope.Get<PresenceService>().WhoAsync(_ticket.Id, CancellationToken.None)).Select(p => (p.Name, p.State))];
    }
}
