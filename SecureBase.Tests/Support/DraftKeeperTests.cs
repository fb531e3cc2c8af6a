using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Portal.Support;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

public sealed class DraftKeeperTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(600);

    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource _saved = new();
    private Scope _scope = null!;

    public async Task InitializeAsync()
    {
        var acme = await fixture.Given.TenantAsync();
        _scope = (await acme.PersonAsync(Roles.Analyst)).Scope();
    }

    public async Task DisposeAsync() => await _scope.DisposeAsync();

    [Fact]
    public async Task Typing_IsSavedWhenItRests_AndNotBefore()
    {
        await using var keeper = Keeper("rests");
        keeper.Type("The pee");
        _clock.Advance(Rest / 2);
        keeper.Type("The peering");
        _clock.Advance(Rest / 2);
        Assert.Null(keeper.SavedAt);
        Assert.Null(await KeptAsync("rests"));

        _clock.Advance(Rest / 2);
        await _saved.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("The peering", await KeptAsync("rests"));
        Assert.Equal(_clock.GetUtcNow(), keeper.SavedAt);
        Assert.False(keeper.IsBehind);
    }

    [Fact]
    public async Task Leaving_SavesWhatWasNot()
    {
        await using (var keeper = Keeper("leaves"))
            keeper.Type("Half a sen");
        Assert.Equal("Half a sen", await KeptAsync("leaves"));
    }

    [Fact]
    public async Task Forgotten_StaysForgotten_AlsoWhenThePageLeaves()
    {
        await using (var keeper = Keeper("sent"))
        {
            keeper.Type("Sent at once");
            await keeper.ForgetAsync();
            _clock.Advance(Rest * 2);
        }
        Assert.Null(await KeptAsync("sent"));
    }

    [Fact]
    public async Task Emptied_IsForgotten()
    {
        await Drafts.KeepAsync("emptied", "Something", CancellationToken.None);
        await using (var keeper = Keeper("emptied"))
        {
            Assert.Equal("Something", await keeper.FindAsync(CancellationToken.None));
            keeper.Type("  ");
        }
        Assert.Null(await KeptAsync("emptied"));
    }

    [Fact]
    public void FormDrafts_DoNotOverrunTheLimit_InAnyScript()
    {
        var json = DraftJson.Write(new EditTicket { Description = new string('щ', TicketRules.DescriptionMax) });
        Assert.True(json.Length <= DraftService.BodyMax, $"{json.Length} characters");
        Assert.Equal(TicketRules.DescriptionMax, DraftJson.TryRead<EditTicket>(json)!.Description!.Length);
        Assert.Null(DraftJson.TryRead<EditTicket>(json[..^5]));
    }

    private DraftService Drafts => _scope.Services.GetRequiredService<DraftService>();

    private DraftKeeper Keeper(string key) => new(Drafts, key, _clock, () => _saved.TrySetResult());

    private Task<string?> KeptAsync(string key) => Drafts.FindAsync(key, CancellationToken.None);
}
