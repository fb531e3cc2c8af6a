using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Auditing;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Access;

public sealed class ApiKeyServiceTests : IAsyncLifetime
{
    private static readonly TimeSpan Tick = TimeSpan.FromMicroseconds(1);

    private readonly FakeTimeProvider _clock = new();
    private TestDatabase _database = null!;
    private PortalFactory _portal = null!;
    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { Clock = _clock });
        _acme = await _portal.Given.TenantAsync();
        _ada = await _acme.AdminAsync();
    }

    public async Task DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Rotation_OldSecretWorksForTwentyFourHoursToTheInstant()
    {
        var first = await CreateAsync(_ada);
        var second = await DoAsync(_ada, keys => keys.RotateAsync(first.Id, CancellationToken.None));
        Assert.NotEqual(first.Text, second.Text);
        Assert.Equal((first.Key.LastFour, _clock.GetUtcNow() + ApiKey.Grace), (second.Key.PreviousSecret!.LastFour, second.Key.PreviousSecret.EndsAt));
        Assert.Equal(1, (await FindAsync(first.Text))!.Secret);
        Assert.Equal(2, (await FindAsync(second.Text))!.Secret);

        _clock.Advance(ApiKey.Grace - Tick);
        Assert.NotNull(await FindAsync(first.Text));
        _clock.Advance(Tick);

        Assert.Null(await FindAsync(first.Text));
        Assert.NotNull(await FindAsync(second.Text));
        Assert.Null((await DoAsync(_ada, keys => keys.GetAsync(first.Id, CancellationToken.None))).PreviousSecret);
    }

    [Fact]
    public async Task Rotation_WhileAnOldSecretWorks_IsRefused_UntilThatIsEnded()
    {
        var first = await CreateAsync(_ada);
        var second = await DoAsync(_ada, keys => keys.RotateAsync(first.Id, CancellationToken.None));
        Assert.Equal("rotation_under_way", (await TryAsync(_ada, keys => keys.RotateAsync(first.Id, CancellationToken.None)))!.Code);
        Assert.NotNull(await FindAsync(first.Text));

        Assert.Null((await DoAsync(_ada, keys => keys.EndPreviousAsync(first.Id, CancellationToken.None))).PreviousSecret);

        await Until.TrueAsync("the old secret is refused", async () => await FindAsync(first.Text) is null);
        Assert.NotNull(await FindAsync(second.Text));
        Assert.Equal(ErrorKind.NotFound, (await TryAsync(_ada, keys => keys.EndPreviousAsync(first.Id, CancellationToken.None)))!.Kind);
        var third = await DoAsync(_ada, keys => keys.RotateAsync(first.Id, CancellationToken.None));
        Assert.Equal(second.Key.LastFour, third.Key.PreviousSecret!.LastFour);
        Assert.Null(await FindAsync(first.Text));
    }

    [Fact]
    public async Task TwoRotationsAtOnce_OneSucceeds()
    {
        var key = await CreateAsync(_ada);
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => TryAsync(_ada, keys => keys.RotateAsync(key.Id, CancellationToken.None))));
        Assert.Equal(["rotation_under_way"], both.OfType<Error>().Select(e => e.Code));
    }

    [Fact]
    public async Task Expiry_EndsBothSecrets_AndAnEndedKeyTakesNoChange()
    {
        var key = await CreateAsync(_ada, new NewApiKey { Name = "short", Scopes = ["tickets:read"], ExpiresAt = _clock.GetUtcNow().AddHours(2) });
        var rotated = await DoAsync(_ada, keys => keys.RotateAsync(key.Id, CancellationToken.None));
        Assert.True(rotated.Key.ExpiresSoon);
        _clock.Advance(TimeSpan.FromHours(2));

        Assert.Null(await FindAsync(key.Text));
        Assert.Null(await FindAsync(rotated.Text));
        foreach (var refused in new[]
        {
            await TryAsync(_ada, keys => keys.EditAsync(key.Id, new EditApiKey { NeverExpires = true }, null, CancellationToken.None)),
            await TryAsync(_ada, keys => keys.RotateAsync(key.Id, CancellationToken.None)),
        })
            Assert.Equal("api_key_ended", refused!.Code);
        var view = await DoAsync(_ada, keys => keys.GetAsync(key.Id, CancellationToken.None));
        Assert.Equal((ApiKeyStatus.Expired, false), (view.Status, view.ExpiresSoon));
    }

    [Fact]
    public async Task Edit_ChangesWhatItNames_ClearsWhatIsEmpty_AndTellsTheSecondWriter()
    {
        var key = await CreateAsync(_ada, new NewApiKey
        {
            Name = "ci", Description = "Deploys", Scopes = ["tickets:read"], ExpiresAt = _clock.GetUtcNow().AddDays(30), IpAllowList = ["10.0.0.0/8"], RequestsPerHour = 100,
        });
        Assert.Equal((1, false), (key.Key.Version, key.Key.ExpiresSoon));

        var renamed = await DoAsync(_ada, keys => keys.EditAsync(key.Id, new EditApiKey { Name = "cd" }, 1, CancellationToken.None));
        Assert.Equal(("cd", "Deploys", "10.0.0.0/8", (int?)100, key.Key.ExpiresAt, 2),
            (renamed.Name, renamed.Description, renamed.IpAllowList.Single(), renamed.RequestsPerHour, renamed.ExpiresAt, renamed.Version));
        var stale = await TryAsync(_ada, keys => keys.EditAsync(key.Id, new EditApiKey { Name = "other" }, 1, CancellationToken.None));
        Assert.Equal(ErrorKind.Stale, stale!.Kind);
        var cleared = await DoAsync(_ada, keys => keys.EditAsync(key.Id, new EditApiKey { Description = "", IpAllowList = [], RequestsPerHour = 0, NeverExpires = true }, 2, CancellationToken.None));
        Assert.Equal((null, 0, null, null), (cleared.Description, cleared.IpAllowList.Count, cleared.RequestsPerHour, cleared.ExpiresAt));

        await using var scope = _acme.SystemScope();
        var live = await FindAsync(key.Text);
        Assert.Equal("cd", live!.PersonName);
        Assert.Equal(PersonKind.Service, (await scope.Get<SecureBaseDb>().Users.SingleAsync(p => p.Id == live.PersonId)).Kind);
    }

    [Fact]
    public async Task Revocation_IsForGood_KeepsTheServicePerson_AndTellsOnce()
    {
        var key = await CreateAsync(_ada);
        var person = (await FindAsync(key.Text))!.PersonId;
        var revoked = await DoAsync(_ada, keys => keys.RevokeAsync(key.Id, CancellationToken.None));
        Assert.Equal(ApiKeyStatus.Revoked, revoked.Status);
        Assert.Equal(revoked.Version, (await DoAsync(_ada, keys => keys.RevokeAsync(key.Id, CancellationToken.None))).Version);
        await Until.TrueAsync("the key is refused", async () => await FindAsync(key.Text) is null);

        await using var scope = _acme.SystemScope();
        Assert.NotNull(await scope.Get<SecureBaseDb>().Users.SingleOrDefaultAsync(p => p.Id == person));
        var events = await scope.Get<SecureBaseDb>().OutboxEvents.Where(e => e.SubjectId == key.Id).OrderBy(e => e.Position).ToListAsync();
        Assert.Equal(["api_key.created", "api_key.revoked"], events.Select(e => e.Type));
        Assert.All(events, e =>
        {
            var data = System.Text.Json.JsonDocument.Parse(e.Data!).RootElement;
            Assert.Equal(key.Id, data.GetProperty("id").GetGuid());
            Assert.False(data.TryGetProperty("secret", out _));
        });
    }

    [Theory]
    [InlineData(Roles.Admin, true, true)]
    [InlineData(Roles.Manager, true, true)]
    [InlineData(Roles.Analyst, true, false)]
    [InlineData(Roles.Viewer, false, false)]
    public async Task Role_MayWhatTheTableSays(string role, bool reads, bool manages)
    {
        var key = await CreateAsync(await _acme.PersonAsync(Roles.Manager));
        var person = await _acme.PersonAsync(role);
        await AssertMayAsync(person, key.Id, reads, manages);
    }

    [Theory]
    [InlineData(Roles.PlatformAdmin, true)]
    [InlineData(Roles.Lead, false)]
    [InlineData(Roles.Agent, false)]
    public async Task RoleOfStaff_MayWhatTheTableSays(string role, bool may)
    {
        var provider = await _portal.Given.OperatorAsync();
        var key = await CreateAsync(await provider.PersonAsync(Roles.PlatformAdmin), new NewApiKey { Name = "ours", Scopes = ["staff:tenants"] });
        await AssertMayAsync(await provider.PersonAsync(role), key.Id, may, may);
    }

    [Fact]
    public async Task Key_ActsWithItsCreatorsRole_AndNobodyOfALesserOneGetsItsSecret()
    {
        var manager = await _acme.PersonAsync(Roles.Manager);
        Assert.Equal(Roles.Manager, (await FindAsync((await CreateAsync(manager)).Text))!.Role);
        var admins = await CreateAsync(_ada, new NewApiKey { Name = "admins", Scopes = ["team:manage"] });
        Assert.Equal(Roles.Admin, (await FindAsync(admins.Text))!.Role);

        Assert.Equal("api_key_exceeds_caller", (await TryAsync(manager, keys => keys.RotateAsync(admins.Id, CancellationToken.None)))!.Code);
        Assert.NotNull(await FindAsync(admins.Text));
        Assert.Null(await TryAsync(manager, keys => keys.RevokeAsync(admins.Id, CancellationToken.None)));
    }

    [Fact]
    public async Task KeyMadeByAKey_HasNoScopeDayOrAddressThatTheOtherLacks()
    {
        var ends = _clock.GetUtcNow().AddDays(10);
        var parent = await CreateAsync(_ada, new NewApiKey { Name = "parent", Scopes = ["tickets:read", "keys:manage"], ExpiresAt = ends, IpAllowList = ["10.0.0.0/8"] });
        var fine = new NewApiKey { Name = "child", Scopes = ["tickets:read"], ExpiresAt = ends, IpAllowList = ["10.1.0.0/16"] };
        await using var scope = await ScopeOfAsync(parent);
        var keys = scope.Get<ApiKeyService>();

        foreach (var (beyond, field) in new[]
        {
            (fine with { Scopes = ["tickets:write"] }, "scopes"), (fine with { ExpiresAt = ends + Tick }, "expires_at"), (fine with { ExpiresAt = null }, "expires_at"),
            (fine with { IpAllowList = [] }, "ip_allow_list"), (fine with { IpAllowList = ["10.0.0.0/7"] }, "ip_allow_list"),
        })
            Assert.Equal(field, Assert.Single((await keys.CreateAsync(beyond, CancellationToken.None)).Error!.Fields).Field);
        var child = (await keys.CreateAsync(fine, CancellationToken.None)).Value;
        Assert.Equal("parent", child.Key.CreatedBy.Name);
        Assert.Equal("ip_allow_list", Assert.Single((await keys.EditAsync(child.Id, new EditApiKey { IpAllowList = [] }, null, CancellationToken.None)).Error!.Fields).Field);
        Assert.Equal("expires_at", Assert.Single((await keys.EditAsync(child.Id, new EditApiKey { NeverExpires = true }, null, CancellationToken.None)).Error!.Fields).Field);

        var stronger = await CreateAsync(_ada, new NewApiKey { Name = "stronger", Scopes = ["tickets:write"], ExpiresAt = ends, IpAllowList = ["10.0.0.0/8"] });
        Assert.Equal("scopes", Assert.Single((await keys.RotateAsync(stronger.Id, CancellationToken.None)).Error!.Fields).Field);
    }

    [Fact]
    public async Task OperatorsScopes_AreNotForTenants()
    {
        var refused = await TryAsync(_ada, keys => keys.CreateAsync(new NewApiKey { Name = "x", Scopes = ["staff:tenants"] }, CancellationToken.None));
        Assert.Equal("scopes", Assert.Single(refused!.Fields).Field);
    }

    [Fact]
    public async Task List_FindsByWords_AndPagesByCursor()
    {
        foreach (var name in new[] { "alpha_1", "beta%2", "gamma" })
        {
            await CreateAsync(_ada, new NewApiKey { Name = name, Description = $"of {name}", Scopes = name == "gamma" ? ["costs:read"] : ["tickets:read"] });
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        var gone = await CreateAsync(_ada, new NewApiKey { Name = "gone", Scopes = ["tickets:read"] });
        await DoAsync(_ada, keys => keys.RevokeAsync(gone.Id, CancellationToken.None));

        Assert.Equal(["gone", "gamma", "beta%2", "alpha_1"], await NamesAsync(new ApiKeyQuery()));
        Assert.Equal(["gamma", "beta%2", "alpha_1"], await NamesAsync(new ApiKeyQuery { Statuses = [ApiKeyStatus.Active] }));
        Assert.Equal(["gone"], await NamesAsync(new ApiKeyQuery { Statuses = [ApiKeyStatus.Revoked, ApiKeyStatus.Expired] }));
        Assert.Equal(["alpha_1"], await NamesAsync(new ApiKeyQuery { Text = "A_1" }));
        Assert.Equal(["beta%2"], await NamesAsync(new ApiKeyQuery { Text = "%" }));
        Assert.Equal(["gamma"], await NamesAsync(new ApiKeyQuery { Text = "costs:read" }));
        Assert.Equal(["gone"], await NamesAsync(new ApiKeyQuery { Text = gone.Key.LastFour }));
        var first = await DoAsync(_ada, keys => keys.ListAsync(new ApiKeyQuery { Limit = 3 }, CancellationToken.None));
        Assert.Equal(["alpha_1"], await NamesAsync(new ApiKeyQuery { Limit = 3, Cursor = first.NextCursor }));
        var counts = await DoAsync(_ada, keys => keys.CountAsync(CancellationToken.None));
        Assert.Equal((3, 0, 1), (counts[ApiKeyStatus.Active], counts[ApiKeyStatus.Expired], counts[ApiKeyStatus.Revoked]));

        async Task<IEnumerable<string>> NamesAsync(ApiKeyQuery query) => (await DoAsync(_ada, keys => keys.ListAsync(query, CancellationToken.None))).Items.Select(k => k.Name);
    }

    private static async Task AssertMayAsync(GivenPerson person, Guid key, bool reads, bool manages)
    {
        var ct = CancellationToken.None;
        foreach (var act in new Func<ApiKeyService, Task<Error?>>[] { async k => (await k.ListAsync(new ApiKeyQuery(), ct)).Error, async k => (await k.GetAsync(key, ct)).Error, async k => (await k.CountAsync(ct)).Error })
            Assert.Equal(reads ? null : ErrorKind.Forbidden, (await TryAsync(person, act))?.Kind);
        foreach (var act in new Func<ApiKeyService, Task<Error?>>[]
        {
            async k => (await k.CreateAsync(new NewApiKey { Name = "x", Scopes = ["tickets:read"] }, ct)).Error,
            async k => (await k.EditAsync(key, new EditApiKey { Name = "y" }, null, ct)).Error,
            async k => (await k.RotateAsync(key, ct)).Error,
            async k => (await k.EndPreviousAsync(key, ct)).Error,
            async k => (await k.RevokeAsync(key, ct)).Error,
        })
        {
            var refusals = await RefusalsAsync(person);
            Assert.Equal(manages ? null : ErrorKind.Forbidden, (await TryAsync(person, act))?.Kind);
            Assert.Equal(refusals + (manages ? 0 : 1), await RefusalsAsync(person));
        }
    }

    private static async Task<int> RefusalsAsync(GivenPerson person)
    {
        await using var scope = person.Tenant.SystemScope();
        return await scope.Get<SecureBaseDb>().AuditEntries.CountAsync(e => e.ActorId == person.Id && e.Outcome == AuditOutcome.Refused);
    }

    private static Task<CreatedApiKey> CreateAsync(GivenPerson person, NewApiKey? key = null) =>
        DoAsync(person, keys => keys.CreateAsync(key ?? new NewApiKey { Name = "a test", Scopes = ["tickets:read"] }, CancellationToken.None));

    private static async Task<T> DoAsync<T>(GivenPerson person, Func<ApiKeyService, Task<Result<T>>> act)
    {
        await using var scope = person.Scope();
        return (await act(scope.Get<ApiKeyService>())).Value;
    }

    private static async Task<Error?> TryAsync<T>(GivenPerson person, Func<ApiKeyService, Task<Result<T>>> act)
    {
        await using var scope = person.Scope();
        return (await act(scope.Get<ApiKeyService>())).Error;
    }

    private static async Task<Error?> TryAsync(GivenPerson person, Func<ApiKeyService, Task<Error?>> act)
    {
        await using var scope = person.Scope();
        return await act(scope.Get<ApiKeyService>());
    }

    private async Task<LiveApiKey?> FindAsync(string text)
    {
        await using var scope = _acme.SystemScope();
        await Until.TrueAsync("the node is in touch", () => scope.Get<IFreshness>().IsFresh);
        return await scope.Get<ApiKeyDirectory>().FindAsync(text, null, CancellationToken.None);
    }

    private async Task<Scope> ScopeOfAsync(CreatedApiKey key)
    {
        var live = (await FindAsync(key.Text))!;
        return _portal.ScopeFor(_acme.Info, new Actor(live.TenantId, live.PersonId, live.PersonName, ActorKind.Customer, live.Role) { ApiKeyId = live.Id, Scopes = live.Scopes });
    }
}
