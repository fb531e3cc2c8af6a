using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Api;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Api;

/// <summary>Who may call the API, and what everybody else hears.</summary>
public sealed class ApiAccessTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Tickets = "/v1/support/tickets";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    [InlineData("sb_live_0123456789012345678901234567890123456789012")]
    [InlineData("Bearersb_live_0123456789012345678901234567890123456789012")]
    public async Task WithoutAKey_Is401AndSaysHow(string? header)
    {
        using var api = fixture.Portal.Visit(TenantSlug.Api);
        using var answer = await api.SendAsync(HttpMethod.Get, Tickets, null, header is null ? [] : [("Authorization", header)]);
        Assert.Equal("unauthenticated", (await Problem.ReadAsync(answer, HttpStatusCode.Unauthorized)).Code);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("Bearer x")]
    [InlineData("Bearer sb_live_")]
    [InlineData("Bearer sb_test_0123456789012345678901234567890123456789012")]
    [InlineData("Bearer sb_live_0123456789012345678901234567890123456789012")]
    [InlineData("Bearer sb_live_01234567890123456789012345678901234567890123456789")]
    [InlineData("Bearer sb_live_' or 1=1 --")]
    [InlineData("Bearer sb_live_\u00e401234567890123456789012345678901234567890")]
    public async Task WithAKeyThatIsNone_Is401InTheSameWords(string header)
    {
        using var api = fixture.Portal.Visit(TenantSlug.Api);
        using var answer = await api.SendAsync(HttpMethod.Get, Tickets, null, ("Authorization", header));
        Assert.Equal("key_not_valid", (await Problem.ReadAsync(answer, HttpStatusCode.Unauthorized)).Code);
        Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", null, HttpStatusCode.NotFound)]
    [InlineData("GET", Tickets + "/no-id", null, HttpStatusCode.NotFound)]
    [InlineData("DELETE", Tickets, null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", Tickets, "application/xml", HttpStatusCode.UnsupportedMediaType)]
    public async Task WhatNoRouteTakes_IsSaidToAKey_AndToNobodyElse(string method, string path, string? contentType, HttpStatusCode expected)
    {
        var key = await (await fixture.Given.TenantAsync()).ApiKeyAsync("tickets:read", "tickets:write");
        using var api = fixture.Portal.Visit(TenantSlug.Api);

        using var toKey = await api.SendAsync(new HttpMethod(method), path, Body(), ("Authorization", "Bearer " + key.Text));
        Assert.Equal((int)expected, (await Problem.ReadAsync(toKey, expected)).Status);
        using var toNobody = await api.SendAsync(new HttpMethod(method), path, Body());
        Assert.Equal("unauthenticated", (await Problem.ReadAsync(toNobody, HttpStatusCode.Unauthorized)).Code);

        StringContent? Body() => contentType is null ? null : new StringContent("<a/>", Encoding.UTF8, contentType);
    }

    [Fact]
    public async Task TheScheme_IsReadInAnyCase()
    {
        var key = await (await fixture.Given.TenantAsync()).ApiKeyAsync("tickets:read");
        using var api = fixture.Portal.Visit(TenantSlug.Api);
        using var answer = await api.SendAsync(HttpMethod.Get, Tickets, null, ("Authorization", "bearer " + key.Text));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task TwoAuthorizationHeaders_AreNone()
    {
        var key = await (await fixture.Given.TenantAsync()).ApiKeyAsync("tickets:read");
        using var api = fixture.Portal.Visit(TenantSlug.Api);
        using var answer = await api.SendAsync(HttpMethod.Get, Tickets, null, ("Authorization", "Bearer " + key.Text), ("Authorization", "Bearer " + key.Text));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("tickets:read", "GET", HttpStatusCode.OK)]
    [InlineData("tickets:read", "POST", HttpStatusCode.Forbidden)]
    [InlineData("tickets:write", "GET", HttpStatusCode.Forbidden)]
    [InlineData("tickets:write", "POST", HttpStatusCode.Created)]
    [InlineData("costs:read", "GET", HttpStatusCode.Forbidden)]
    [InlineData("costs:read", "POST", HttpStatusCode.Forbidden)]
    public async Task AKey_MayWhatItsScopesSay(string scope, string method, HttpStatusCode expected)
    {
        var tenant = await fixture.Given.TenantAsync();
        using var api = fixture.Portal.Call((await tenant.ApiKeyAsync(scope)).Text);
        using var answer = await api.SendAsync(HttpMethod.Parse(method), Tickets, method == "GET" ? null : Json("""{"subject":"Test"}"""));
        Assert.Equal(expected, answer.StatusCode);
        if (expected != HttpStatusCode.Forbidden)
            return;

        var needed = method == "GET" ? "tickets:read" : "tickets:write";
        var problem = await Problem.ReadAsync(answer, HttpStatusCode.Forbidden);
        Assert.Equal("insufficient_scope", problem.Code);
        Assert.Contains(needed, problem.Detail, StringComparison.Ordinal);
        Assert.Equal($"Bearer error=\"insufficient_scope\", scope=\"{needed}\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("access.denied refused a test", await AuditAsync(tenant));
    }

    [Fact]
    public async Task ABodyOfACallerWithoutRights_IsNotEvenRead()
    {
        var tenant = await fixture.Given.TenantAsync();
        using var api = fixture.Portal.Call((await tenant.ApiKeyAsync("costs:read")).Text);
        using var answer = await api.SendAsync(HttpMethod.Post, Tickets, Json("not JSON at all"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task AKey_OpensItsOwnTenantsHostAndNoOther()
    {
        var tenant = await fixture.Given.TenantAsync();
        var other = await fixture.Given.TenantAsync();
        await fixture.Given.OperatorAsync();
        var key = (await tenant.ApiKeyAsync("tickets:read")).Text;

        using (var own = await fixture.Portal.Call(key, tenant.Slug).GetAsync(Tickets))
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        foreach (var host in new[] { other.Slug, TenantSlug.Operator })
        {
            using var foreign = await fixture.Portal.Call(key, host).GetAsync(Tickets);
            Assert.Equal("tenant_mismatch", (await Problem.ReadAsync(foreign, HttpStatusCode.Forbidden)).Code);
            Assert.False(foreign.Headers.Contains("WWW-Authenticate"));
        }

        Assert.Equal("access.tenant_mismatch refused unknown", await AuditAsync(other));
        using var unknown = await fixture.Portal.Call(key, "no-such-tenant").GetAsync(Tickets);
        await Problem.ReadAsync(unknown, HttpStatusCode.NotFound);
        using var baseDomain = await fixture.Portal.VisitUri(fixture.Portal.AddressOf(null)).GetAsync(Tickets);
        await Problem.ReadAsync(baseDomain, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task ARevokedKey_StopsAtOnce()
    {
        var tenant = await fixture.Given.TenantAsync();
        var key = await tenant.ApiKeyAsync("tickets:read");
        using var api = fixture.Portal.Call(key.Text);
        using (var before = await api.GetAsync(Tickets))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await using (var scope = tenant.SystemScope())
            Assert.True((await scope.Get<ApiKeyService>().RevokeAsync(key.Id, CancellationToken.None)).IsSuccess);
        await Until.TrueAsync("the revoked key is refused", async () => await StatusAsync(api) == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task AnExpiredKey_StopsThoughItIsRemembered()
    {
        var clock = new FakeTimeProvider();
        await using var portal = await PortalFactory.StartAsync(fixture.Database.Connections, new PortalSettings { Clock = clock });
        var tenant = await portal.Given.TenantAsync();
        CreatedApiKey key;
        await using (var scope = tenant.SystemScope())
            key = (await scope.Get<ApiKeyService>().CreateAsync(new NewApiKey { Name = "short", Scopes = ["tickets:read"], ExpiresAt = clock.GetUtcNow().AddSeconds(30) }, CancellationToken.None)).Value;
        using var api = portal.Call(key.Text);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(api));
        clock.Advance(TimeSpan.FromSeconds(30));
        await Until.TrueAsync("the expired key is refused", async () => await StatusAsync(api) == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ASuspendedTenantsKeys_StopAndComeBack()
    {
        var tenant = await fixture.Given.TenantAsync();
        using var api = fixture.Portal.Call((await tenant.ApiKeyAsync("tickets:read")).Text);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(api));
        await tenant.SuspendAsync();
        await Until.TrueAsync("the key is refused", async () => await StatusAsync(api) == HttpStatusCode.Forbidden);
        using (var answer = await api.GetAsync(Tickets))
            Assert.Equal("tenant_suspended", (await Problem.ReadAsync(answer, HttpStatusCode.Forbidden)).Code);
        await tenant.ResumeAsync();
        await Until.TrueAsync("the key works again", async () => await StatusAsync(api) == HttpStatusCode.OK);
    }

    [Fact]
    public async Task ASignedInBrowser_IsNobodyToTheApi()
    {
        var tenant = await fixture.Given.TenantAsync();
        using var browser = await (await tenant.PersonAsync(Roles.Admin)).SignInAsync();
        using var answer = await browser.SendAsync(HttpMethod.Post, Tickets, Json("""{"subject":"Forged"}"""));
        await Problem.ReadAsync(answer, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task EveryRoute_NeedsAKeyAndNamesWhatItMust()
    {
        var routes = fixture.Portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(routes);
        using var stranger = fixture.Portal.Visit(TenantSlug.Api);
        var narrow = fixture.Portal.Call((await (await fixture.Given.TenantAsync()).ApiKeyAsync("costs:read")).Text);
        foreach (var route in routes)
        {
            Assert.NotNull(route.Metadata.GetMetadata<RequiredPermission>()?.Permission.Scope);
            var path = route.RoutePattern.RawText!.Split('/').Select(s => s.Contains(":guid", StringComparison.Ordinal) ? Guid.CreateVersion7().ToString() : s);
            var method = HttpMethod.Parse(Assert.Single(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods));
            using var answer = await stranger.SendAsync(method, string.Join('/', path));
            await Problem.ReadAsync(answer, HttpStatusCode.Unauthorized);
            using var refused = await narrow.SendAsync(method, string.Join('/', path));
            await Problem.ReadAsync(refused, HttpStatusCode.Forbidden);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(Visitor api)
    {
        using var answer = await api.GetAsync(Tickets);
        return answer.StatusCode;
    }

    private async Task<object?> AuditAsync(GivenTenant tenant) => await Sql.ScalarAsync(
        fixture.Database.SuperuserConnectionString,
        $"select action || ' ' || outcome || ' ' || actor_name from audit_entries where tenant_id = '{tenant.Id}' and action like 'access.%' order by at desc limit 1");

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
