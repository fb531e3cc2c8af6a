using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Demo;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Demo;

public sealed class DemoSeederTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresFixture.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task Seed_OutsideDevelopment_RefusesAndMakesNothing(string environment)
    {
        await using var portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { Environment = environment, More = [("SecureBase:SeedDemo", "true")] });
        var seeder = portal.Services.GetRequiredService<DemoSeeder>();
        var people = await seeder.SeedTenantsAndPeopleAsync(CancellationToken.None);
        var history = await seeder.SeedHistoryAsync(CancellationToken.None);
        Assert.Equal("demo_is_for_development", people.Error?.Code);
        Assert.Equal("demo_is_for_development", history.Error?.Code);
        Assert.Contains(environment, people.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await Sql.ScalarAsync(_database.SuperuserConnectionString, "select count(*) from tenants"));
    }

    [Fact]
    public async Task A_development_portal_serves_with_its_people_and_the_documented_password()
    {
        await using var portal = await PortalFactory.StartAsync(_database.Connections,
            new PortalSettings { More = [("SecureBase:SeedDemo", "true"), ("SecureBase:SeedDemoHistory", "false")] });
        foreach (var organisation in DemoOrganisations.All)
        {
            foreach (var person in organisation.People.Take(4))
            {
                await using var scope = portal.ScopeFor(await portal.Services.GetRequiredService<TenantDirectory>().FindAsync(organisation.Slug, CancellationToken.None), actor: null);
                var signedIn = await scope.Get<Core.Access.SignInService>().SignInAsync(person.Email, "Demo-Harbour-27!", new Core.Access.SignInOrigin(null, null), CancellationToken.None);
                Assert.Equal((person.Name, person.Role), (signedIn.Value.Session!.Name, signedIn.Value.Session.Role));
            }
        }

        Assert.Equal(0L, await Sql.ScalarAsync(_database.SuperuserConnectionString, "select count(*) from tickets"));
        Assert.Equal("acme healthcare Europe/Berlin 800, admin government Europe/Berlin 90, globex government America/New_York 800, initech standard America/Chicago 800",
            await Sql.ScalarAsync(_database.SuperuserConnectionString, "select string_agg(concat_ws(' ', slug, plan, time_zone, ticket_retention_days), ', ' order by slug) from tenants"));
    }

    [Fact]
    public async Task SeedTenantsAndPeopleAsync_SomebodyIsMissing_AddsOnlyThem()
    {
        await using var portal = await PortalFactory.StartAsync(_database.Connections);
        var acme = await portal.Given.TenantAsync("acme", Plan.Fintech);
        await acme.PersonAsync(Roles.Admin, "ADMIN@acme.test", "Somebody Else");
        var seeder = portal.Services.GetRequiredService<DemoSeeder>();
        var added = await seeder.SeedTenantsAndPeopleAsync(CancellationToken.None);
        Assert.Equal(DemoOrganisations.All.Sum(o => o.People.Count) - 1, added.Value);
        Assert.Equal("fintech", await Sql.ScalarAsync(_database.SuperuserConnectionString, "select plan from tenants where slug = 'acme'"));
        Assert.Equal("Somebody Else", await Sql.ScalarAsync(_database.SuperuserConnectionString, "select display_name from people where normalized_email = 'ADMIN@ACME.TEST'"));
    }
}
