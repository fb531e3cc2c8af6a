using System.Net;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Hosting;

public sealed class HealthTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Theory]
    [InlineData("http://localhost/")]
    [InlineData("http://api.localhost/")]
    [InlineData("http://no-such-tenant.localhost/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://anything.example.com/")]
    public async Task Health_AnswersOnAnyHost(string home)
    {
        using var probe = fixture.Portal.VisitUri(new Uri(home));
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            using var answer = await probe.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("""{"status":"ok"}""", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Ready_OnAnOlderSchema_IsNo()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var portal = await PortalFactory.StartAsync(database.Connections);
        await Sql.ExecuteAsync(database.SuperuserConnectionString, """delete from "__EFMigrationsHistory" where "MigrationId" = (select max("MigrationId") from "__EFMigrationsHistory")""");
        await AssertUnavailableAsync(portal);
    }

    [Fact]
    public async Task Ready_WithoutADatabase_IsNoAndLiveStaysYes()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var portal = await PortalFactory.StartAsync(database.Connections);
        using var probe = portal.Visit("api");
        using (var before = await probe.GetAsync("/health/ready"))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"drop database {database.Name} with (force)");
        await Until.TrueAsync("not ready", async () =>
        {
            using var answer = await probe.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
        });
        await AssertUnavailableAsync(portal);
        using var live = await probe.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    private static async Task AssertUnavailableAsync(PortalFactory portal)
    {
        using var probe = portal.Visit("api");
        using var answer = await probe.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("""{"status":"unavailable"}""", await answer.Content.ReadAsStringAsync());
        Assert.Contains(portal.Log.All, r => r.Text.StartsWith("Not ready: ", StringComparison.Ordinal));
    }
}
