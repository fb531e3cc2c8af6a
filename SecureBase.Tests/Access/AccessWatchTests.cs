using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Access;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Access;

public sealed class AccessWatchTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task AStallOfSeconds_IsWaitedOut_AndAnswersNobodyFromWhatMayBeOld()
    {
        var clock = new FakeTimeProvider();
        await using var portal = await PortalFactory.StartAsync(postgres.Connections, new PortalSettings { Clock = clock });
        var acme = await portal.Given.TenantAsync();
        var key = (await acme.ApiKeyAsync("tickets:read")).Text;
        var (tenants, keys) = (portal.Services.GetRequiredService<TenantDirectory>(), portal.Services.GetRequiredService<ApiKeyDirectory>());
        Assert.NotNull(await keys.FindAsync(key, null, CancellationToken.None));

        // The look is late; it comes while somebody asks.
        clock.Advance(TimeSpan.FromSeconds(5));
        var (tenant, found) = (tenants.FindAsync(acme.Slug, CancellationToken.None), keys.FindAsync(key, null, CancellationToken.None).AsTask());
        await Sql.ExecuteAsync(postgres.Database.SuperuserConnectionString, $"select pg_notify('{AccessChange.Channel}', '')");
        Assert.Equal(acme.Id, (await tenant)!.Id);
        Assert.Equal(acme.Id, (await found)!.TenantId);
    }
}
