using System.Net;
using Microsoft.Extensions.Options;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Access.Metering;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Access.Metering;

/// <summary>An hour's requests, shared by nodes that each have their own meters on one database.</summary>
public sealed class RequestMetersTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 9, 20, 0, TimeSpan.Zero));
    private readonly NpgsqlDataSource _source = PersistenceFeature.DataSource(fixture.Database.Connections.App);
    private TenantInfo _acme = null!;

    public async Task InitializeAsync() => _acme = (await fixture.Given.TenantAsync()).Info;

    public Task DisposeAsync() => _source.DisposeAsync().AsTask();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(1_000)]
    public async Task ThreeNodesAtOnce_AdmitTheLimitAndNotOneMore(int limit)
    {
        var tenant = Limited(limit);
        RequestMeters[] nodes = [Node(), Node(), Node()];

        var admitted = await UntilRefusedAsync(nodes, tenant, Key());

        Assert.InRange(admitted, limit - (nodes.Length - 1) * Math.Max(1, limit / 50), limit);
        // What one node held and another could have used is there again once it has been given back.
        foreach (var node in nodes)
            await node.SettleAsync(all: true, CancellationToken.None);
        _clock.Advance(Allowance.AskAgain);
        admitted += await UntilRefusedAsync(nodes, tenant, Key());
        Assert.Equal(limit, admitted);

        var refused = await AdmitAsync(nodes[0], tenant, Key());
        Assert.Equal((Quota.Tenant, limit, 0, TimeSpan.FromMinutes(40) - Allowance.AskAgain), (refused.RefusedBy, refused.Standing.Limit, refused.Standing.Remaining, refused.Standing.ResetsIn));
    }

    [Fact]
    public async Task NextHour_BeginsAnew_ForKeyAndTenant()
    {
        var (node, tenant, key) = (Node(), Limited(20), Key(ofItsOwn: 10));
        Assert.Equal(10, await UntilRefusedAsync([node], tenant, key));

        _clock.Advance(TimeSpan.FromMinutes(40) - TimeSpan.FromSeconds(1));
        Assert.Equal(Quota.Key, (await AdmitAsync(node, tenant, key)).RefusedBy);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(10, await UntilRefusedAsync([node], tenant, key));
        Assert.Equal(10, await UntilRefusedAsync([node], tenant, Key()));
    }

    [Fact]
    public async Task NodeWhoseClockIsBehind_CannotReopenTheHourThatHasPassed()
    {
        var tenant = Limited(50);
        var behind = new FakeTimeProvider(_clock.GetUtcNow());
        var late = new RequestMeters(new AllowanceStore(_source), Unbounded(), behind);
        Assert.Equal(50, await UntilRefusedAsync([late], tenant, Key()));
        _clock.Advance(TimeSpan.FromMinutes(41));
        var early = Node();
        Assert.Equal(50, await UntilRefusedAsync([early], tenant, Key()));

        behind.Advance(Allowance.AskAgain);
        Assert.Equal(0, await UntilRefusedAsync([late], tenant, Key()));
        behind.Advance(TimeSpan.FromMinutes(41));
        Assert.Equal(0, await UntilRefusedAsync([late], tenant, Key()));
    }

    [Fact]
    public async Task KilledNode_WastesNoMoreThanItsLease()
    {
        var tenant = Limited(1_000);
        Assert.Null((await AdmitAsync(Node(), tenant, Key())).RefusedBy);

        Assert.Equal(1_000 - 20, await UntilRefusedAsync([Node()], tenant, Key()));
    }

    [Fact]
    public async Task IdleNode_GivesBackWhatItHolds()
    {
        var tenant = Limited(1_000);
        var idle = Node();
        Assert.Null((await AdmitAsync(idle, tenant, Key())).RefusedBy);
        _clock.Advance(Allowance.Idle);
        await idle.SettleAsync(all: false, CancellationToken.None);

        Assert.Equal(999, await UntilRefusedAsync([Node()], tenant, Key()));
    }

    [Fact]
    public async Task KeysOwnLimit_HoldsBelowTheTenants_AndLeavesTheRestToOthers()
    {
        var (node, tenant, small) = (Node(), Limited(30), Key(ofItsOwn: 12));
        var first = await AdmitAsync(node, tenant, small);
        Assert.Equal((Quota.Key, 12, 11, 30, (int?)12), (first.Nearest, first.Standing.Limit, first.Standing.Remaining, first.TenantLimit, first.KeyLimit));

        Assert.Equal(11, await UntilRefusedAsync([node], tenant, small));
        Assert.Equal(Quota.Key, (await AdmitAsync(node, tenant, small)).RefusedBy);
        Assert.Equal(18, await UntilRefusedAsync([node], tenant, Key()));

        Assert.Equal(Quota.Tenant, (await AdmitAsync(node, tenant, Key(ofItsOwn: 5))).RefusedBy);
    }

    [Fact]
    public async Task ChangedLimit_HoldsFromTheNextRequest()
    {
        var node = Node();
        Assert.Equal(10, await UntilRefusedAsync([node], Limited(10), Key()));
        Assert.Equal(15, await UntilRefusedAsync([node], Limited(25), Key()));
        Assert.Equal(Quota.Tenant, (await AdmitAsync(node, Limited(5), Key())).RefusedBy);
        Assert.Equal(Quota.Tenant, (await AdmitAsync(node, Limited(0), Key())).RefusedBy);
    }

    [Fact]
    public async Task Burst_IsRefusedWithoutUsingUpTheHour_AndComesBackEvenly()
    {
        var node = new RequestMeters(new AllowanceStore(_source), Options.Create(new RequestLimitOptions { SmallestBurst = 20, BurstShare = 0.01 }), _clock);
        var (tenant, key) = (Limited(1_000), Key());
        for (var i = 0; i < 20; i++)
            Assert.Null((await AdmitAsync(node, tenant, key)).RefusedBy);

        var refused = await AdmitAsync(node, tenant, key);
        Assert.Equal((Quota.Burst, 20, TimeSpan.FromMilliseconds(500)), (refused.RefusedBy, refused.Standing.Limit, refused.Standing.ResetsIn));
        var other = await AdmitAsync(node, tenant, Key());
        Assert.Equal((null, 1_000 - 21), (other.RefusedBy, other.Standing.Remaining));
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Null((await AdmitAsync(node, tenant, key)).RefusedBy);
        Assert.Equal(Quota.Burst, (await AdmitAsync(node, tenant, key)).RefusedBy);
    }

    [Fact]
    public async Task WhenNothingCanBeLeased_WhatIsHeldIsUsed_AndThenNobodyComesIn()
    {
        var (node, tenant) = (Node(), Limited(100));
        Assert.Null((await AdmitAsync(node, tenant, Key())).RefusedBy);
        await using (var locker = new NpgsqlConnection(fixture.Database.SuperuserConnectionString))
        {
            await locker.OpenAsync();
            await using var transaction = await locker.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("lock table request_allowances in access exclusive mode", locker, transaction);
            await hold.ExecuteNonQueryAsync();

            Assert.Null((await AdmitAsync(node, tenant, Key())).RefusedBy);
            await Assert.ThrowsAsync<AllowanceUnavailableException>(() => AdmitAsync(node, tenant, Key()));
            // Whoever comes within the same second shares the answer and does not wait for it.
            var again = AdmitAsync(node, tenant, Key());
            Assert.True(again.IsCompleted);
            await Assert.ThrowsAsync<AllowanceUnavailableException>(() => again);
        }
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null((await AdmitAsync(node, tenant, Key())).RefusedBy);
    }

    [Fact]
    public async Task LastUse_IsWrittenOnceAMinute_WhicheverNodeSawIt()
    {
        var tenant = await fixture.Given.TenantAsync();
        var created = await tenant.ApiKeyAsync("tickets:read");
        var key = Key() with { Id = created.Id, TenantId = tenant.Id };
        var (here, there) = (Node(), Node());
        var start = _clock.GetUtcNow();
        for (var i = 0; i < 100; i++)
            here.NoteUse(key, IPAddress.Parse("::ffff:203.0.113.7"));
        await new KeyUses(here, _source).WriteAsync(CancellationToken.None);
        Assert.Equal((start, "203.0.113.7"), await LastUseAsync());

        await UsedAsync(here, 59, "203.0.113.8");
        Assert.Equal((start, "203.0.113.7"), await LastUseAsync());
        await UsedAsync(there, 0, "203.0.113.9");
        Assert.Equal((start, "203.0.113.7"), await LastUseAsync());
        await UsedAsync(there, 1, "2001:db8::1");

        Assert.Equal((start.AddMinutes(1), "2001:db8::1"), await LastUseAsync());

        async Task UsedAsync(RequestMeters node, int later, string from)
        {
            _clock.Advance(TimeSpan.FromSeconds(later));
            node.NoteUse(key, IPAddress.Parse(from));
            await new KeyUses(node, _source).WriteAsync(CancellationToken.None);
        }

        async Task<(DateTimeOffset, string)> LastUseAsync()
        {
            await using var scope = tenant.SystemScope();
            var view = (await scope.Get<ApiKeyService>().GetAsync(created.Id, CancellationToken.None)).Value;
            return (view.LastUsedAt!.Value, view.LastUsedFrom!);
        }
    }

    private static IOptions<RequestLimitOptions> Unbounded() => Options.Create(new RequestLimitOptions { SmallestBurst = 1_000_000 });

    private RequestMeters Node() => new(new AllowanceStore(_source), Unbounded(), _clock);

    private TenantInfo Limited(int requests) => _acme with { Limits = _acme.Limits.With(new QuotaOverrides(ApiRequestsPerHour: requests)) };

    private LiveApiKey Key(int? ofItsOwn = null) =>
        new(Guid.CreateVersion7(), 1, _acme.Id, Guid.Empty, "a test", "admin", new HashSet<string>(), IpAllowList.Everyone, ofItsOwn, null);

    private static async Task<Admission> AdmitAsync(RequestMeters node, TenantInfo tenant, LiveApiKey key) => await node.AdmitAsync(tenant, key, null, CancellationToken.None);

    /// <summary>Four callers at each node, as fast as they can, until each is refused.</summary>
    private static async Task<int> UntilRefusedAsync(RequestMeters[] nodes, TenantInfo tenant, LiveApiKey key)
    {
        var admitted = 0;
        await Task.WhenAll(nodes.SelectMany(node => Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while ((await AdmitAsync(node, tenant, key)).RefusedBy is null)
                Interlocked.Increment(ref admitted);
        }))));
        return admitted;
    }
}
