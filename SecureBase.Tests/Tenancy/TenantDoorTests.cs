using System.Net;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Tenancy;

/// <summary>What a host answers whose tenant is not there, not allowed in, or not to be found out.</summary>
public sealed class TenantDoorTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Tickets = "/v1/support/tickets";

    [Fact]
    public async Task CookieOfAnotherTenant_IsRefusedEverywhere_AndRecordedOnceInTheTenantTried()
    {
        var (acme, globex) = (await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync());
        using var ada = await (await acme.AdminAsync()).SignInAsync();
        using var thief = fixture.Portal.Visit(globex);
        thief.Cookies.SetCookies(thief.Home, string.Join(",", ada.Cookies.GetCookies(ada.Home).Select(c => $"{c.Name}={c.Value}")));

        using (var page = await thief.GetAsync("/tickets"))
        {
            Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
            var text = await page.Content.ReadAsStringAsync();
            Assert.DoesNotContain(acme.Slug, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(globex.Slug, text, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(1L, await MismatchesAsync(globex));
        Assert.Equal("unknown " + acme.Id, await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString,
            $"select actor_name || ' ' || actor_tenant_id from audit_entries where tenant_id = '{globex.Id}' and action = 'access.tenant_mismatch' and outcome = 'refused'"));
        Assert.Equal(0L, await MismatchesAsync(acme));

        using (var hub = await thief.GetAsync("/hubs/live"))
            await Problem.ReadAsync(hub, HttpStatusCode.Forbidden);
        Assert.Equal(2L, await MismatchesAsync(globex));
        using var own = await ada.GetAsync("/tickets");
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task KeyOfAnotherTenant_IsRefused_AndRecordedOnceInTheTenantTried()
    {
        var (acme, globex) = (await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync());
        var key = (await acme.ApiKeyAsync("tickets:read")).Text;

        using (var answer = await fixture.Portal.Call(key, globex.Slug).GetAsync(Tickets))
            Assert.Equal("tenant_mismatch", (await Problem.ReadAsync(answer, HttpStatusCode.Forbidden)).Code);

        Assert.Equal(1L, await MismatchesAsync(globex));
        Assert.Equal(0L, await MismatchesAsync(acme));
    }

    [Fact]
    public async Task HostsOfNobody_AllAnswerTheSame_WhateverIsAskedFor()
    {
        var acme = await fixture.Given.TenantAsync();
        string[] hosts =
        [
            "no-such-tenant.localhost", "nobody2.localhost", "ab.localhost", "a--b.localhost", "-abc.localhost", "www.localhost", $"deep.{acme.Slug}.localhost",
            $"{acme.Slug}.example.com", "127.0.0.1", $"{acme.Slug}x.localhost", new string('a', 41) + ".localhost",
        ];
        List<string> answers = [];
        foreach (var host in hosts)
        {
            foreach (var path in new[] { "/", "/tickets", "/account/sign-in", "/tickets/ACME-1" })
            {
                using var visitor = fixture.Portal.VisitUri(new Uri("http://localhost/"));
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(visitor.Home, path));
                request.Headers.Host = host;
                using var answer = await visitor.SendAsync(request);
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
                Assert.False(answer.Headers.Contains("Set-Cookie"), host);
                answers.Add(await answer.Content.ReadAsStringAsync());
            }
        }
        var only = Assert.Single(answers.Distinct());
        Assert.DoesNotContain("nobody", only, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("acme", only, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task SuspendedTenant_SaysSoToPeopleAndPrograms_WithoutItsReason()
    {
        var acme = await fixture.Given.TenantAsync();
        await acme.SuspendAsync();
        using var visitor = fixture.Portal.Visit(acme);
        foreach (var path in new[] { "/", "/tickets", "/account/sign-in" })
        {
            HttpResponseMessage? refused = null;
            await Until.TrueAsync("the suspension is known", async () => (refused = await visitor.GetAsync(path)).StatusCode == HttpStatusCode.Forbidden);
            var text = await refused!.Content.ReadAsStringAsync();
            Assert.Contains("This portal is suspended", text, StringComparison.Ordinal);
            Assert.DoesNotContain("A test wants to see it", text, StringComparison.Ordinal);
        }
        using var program = await visitor.GetAsync(Tickets);
        Assert.Equal("tenant_suspended", (await Problem.ReadAsync(program, HttpStatusCode.Forbidden)).Code);
    }

    [Fact]
    public async Task DirectoryDown_Is503ForEveryHost_AndNeverAnybodysPortal()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var portal = await PortalFactory.StartAsync(database.Connections);
        var acme = await portal.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        using var browser = await ada.SignInAsync();
        using (var before = await browser.GetAsync("/tickets"))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        using var program = portal.Call((await acme.ApiKeyAsync("tickets:read")).Text);

        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"drop database {database.Name} with (force)");

        foreach (var visitor in new[] { browser, portal.Visit(acme), portal.Visit("no-such-tenant"), portal.Visit("admin") })
        {
            HttpResponseMessage? answer = null;
            await Until.TrueAsync($"{visitor.Home} answers 503", async () => (answer = await visitor.GetAsync("/account/sign-in")).StatusCode == HttpStatusCode.ServiceUnavailable);
            Assert.Equal(TimeSpan.FromSeconds(5), answer!.Headers.RetryAfter?.Delta);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain(acme.Slug, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(acme.Info.Name, text, StringComparison.OrdinalIgnoreCase);
        }
        using var refused = await program.GetAsync(Tickets);
        await Problem.ReadAsync(refused, HttpStatusCode.ServiceUnavailable);
        using var foreign = portal.Visit("no-such-tenant");
        using var onTenantHost = await foreign.GetAsync(Tickets);
        await Problem.ReadAsync(onTenantHost, HttpStatusCode.ServiceUnavailable);
    }

    private async Task<object?> MismatchesAsync(GivenTenant tenant) => await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString,
        $"select count(*) from audit_entries where tenant_id = '{tenant.Id}' and action = 'access.tenant_mismatch'");
}
