using System.Net;
using SecureBase.Core.Kernel;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Tenancy;

/// <summary>The test's own portal serves, alone and as one of two nodes on one database.</summary>
public sealed class PortalNodeTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task Visit_KnownTenant_GetsPastTheDirectory()
    {
        var tenant = await fixture.Given.TenantAsync();
        using var visitor = fixture.Portal.Visit(tenant);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/account/signed-out")).StatusCode);
    }

    [Fact]
    public async Task TwoNodesOnSockets_KnowEachOthersTenants()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        var settings = new PortalSettings { OnSocket = true };
        await using var one = await PortalFactory.StartAsync(database.Connections, settings);
        await using var two = await PortalFactory.StartAsync(database.Connections, settings);
        var tenant = await one.Given.TenantAsync();
        var person = await tenant.PersonAsync(Roles.Viewer);
        Assert.NotEqual(one.Port, two.Port);
        using var visitor = two.Visit(tenant);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/account/signed-out")).StatusCode);
        Assert.EndsWith(tenant.Slug + ".test", person.Email, StringComparison.Ordinal);
    }
}
