using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Account;

/// <summary>What one network address may try, counted by two nodes together.</summary>
public sealed class AttemptLimitTests(AttemptLimitTests.Limited limited) : IClassFixture<AttemptLimitTests.Limited>
{
    private const int Tries = 4;
    private const string SignIn = "/account/sign-in";

    private readonly PortalFactory[] _nodes = limited.Nodes;

    [Fact]
    public async Task TriesFromOneAddress_AreCountedOverNodesTenantsAndAccounts_UntilTheirTimeIsOver()
    {
        var ada = await (await _nodes[0].Given.TenantAsync()).PersonAsync(Roles.Viewer);
        var ben = await (await _nodes[0].Given.TenantAsync()).PersonAsync(Roles.Viewer);
        for (var i = 0; i < Tries; i++)
            Assert.Equal(HttpStatusCode.OK, (await TryAsync(i % 2 == 0 ? ada : ben, _nodes[i % 2], "198.51.100.7")).Status);

        foreach (var node in _nodes)
        {
            var refused = await TryAsync(ada, node, "198.51.100.7", GivenTenant.Password);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
            Assert.Equal(TimeSpan.FromMinutes(10), refused.RetryAfter);
            Assert.Contains("Try again in 10 minutes", refused.Page, StringComparison.Ordinal);
            Assert.DoesNotContain(ada.Email, refused.Page, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.Redirect, (await TryAsync(ada, _nodes[0], "198.51.100.8", GivenTenant.Password)).Status);

        limited.Clock.Advance(TimeSpan.FromMinutes(10));
        await Until.TrueAsync("the nodes have looked again", () => _nodes.All(n => n.Services.GetRequiredService<IFreshness>().IsFresh));
        Assert.Equal(HttpStatusCode.Redirect, (await TryAsync(ada, _nodes[0], "198.51.100.7", GivenTenant.Password)).Status);
    }

    [Fact]
    public async Task OverTheLimit_KnownAndUnknownAccountsHearTheSame()
    {
        var ada = await (await _nodes[0].Given.TenantAsync()).PersonAsync(Roles.Viewer);
        for (var i = 0; i < Tries; i++)
            await TryAsync(ada, _nodes[0], "198.51.100.9");
        var known = await TryAsync(ada, _nodes[0], "198.51.100.9", GivenTenant.Password);
        var unknown = await TryAsync(ada with { Summary = ada.Summary with { Email = "nobody@nowhere.test" } }, _nodes[0], "198.51.100.9");
        Assert.Equal(known, unknown);
    }

    [Fact]
    public async Task Successes_AreNotCounted()
    {
        var ada = await (await _nodes[0].Given.TenantAsync()).PersonAsync(Roles.Viewer);
        for (var i = 0; i < Tries * 3; i++)
            Assert.Equal(HttpStatusCode.Redirect, (await TryAsync(ada, _nodes[i % 2], "198.51.100.10", GivenTenant.Password)).Status);
    }

    [Fact]
    public async Task Ipv6_IsCountedByItsNetwork()
    {
        var ada = await (await _nodes[0].Given.TenantAsync()).PersonAsync(Roles.Viewer);
        for (var i = 1; i <= Tries; i++)
            Assert.Equal(HttpStatusCode.OK, (await TryAsync(ada, _nodes[0], $"2001:db8:1:2::{i}")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(ada, _nodes[0], "2001:db8:1:2:ffff::1")).Status);
        Assert.Equal(HttpStatusCode.OK, (await TryAsync(ada, _nodes[0], "2001:db8:1:3::1")).Status);
    }

    [Fact]
    public async Task FindOrganisation_IsLimitedToo_WithoutATenant()
    {
        using var browser = _nodes[0].Visit((string?)null);
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.Redirect, await FindAsync());
        Assert.Equal(HttpStatusCode.TooManyRequests, await FindAsync());

        async Task<HttpStatusCode> FindAsync()
        {
            var page = await browser.PageAsync("/");
            var form = page.QuerySelectorAll("form input[name]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value") ?? "");
            form["Form.Slug"] = "acme";
            using var answer = await browser.SendAsync(HttpMethod.Post, "/", new FormUrlEncodedContent(form), ("X-Forwarded-For", "198.51.100.11"));
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("/account/sign-in", AttemptKind.SignIn)]
    [InlineData("/account/second-factor", AttemptKind.SignIn)]
    [InlineData("/account/passkeys/options", AttemptKind.SignIn)]
    [InlineData("/account/forgot-password", AttemptKind.Mail)]
    [InlineData("/account/reset-password", AttemptKind.Other)]
    [InlineData("/account/invitation", AttemptKind.Other)]
    [InlineData("/account/confirm-email", AttemptKind.Other)]
    [InlineData("/account/find-organisation", AttemptKind.Other)]
    [InlineData("/account/whatever-comes", AttemptKind.Other)]
    [InlineData("/account/sign-out", null)]
    [InlineData("/tickets", null)]
    public void EveryAccountForm_IsCounted(string path, AttemptKind? kind)
    {
        var request = new Microsoft.AspNetCore.Http.DefaultHttpContext().Request;
        (request.Method, request.Path) = ("POST", path);
        Assert.Equal(kind, Portal.Account.AttemptLimiting.KindOf(request));
        request.Method = "GET";
        Assert.Null(Portal.Account.AttemptLimiting.KindOf(request));
    }

    [Fact]
    public async Task Start_WithALimitThatCannotBe_NamesIt()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => PortalFactory.StartAsync(limited.Database.Connections, new PortalSettings { More = [("AttemptLimits:SignIn:Tries", "0")] }));
        Assert.Contains("AttemptLimits:SignIn:Tries is 0", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<Refusal> TryAsync(GivenPerson person, PortalFactory node, string from, string password = "Not-The-Password-1")
    {
        using var browser = node.Visit(person.Tenant);
        var page = await browser.PageAsync(SignIn);
        var form = page.QuerySelector("#email")!.Closest("form")!.QuerySelectorAll("input[name]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value") ?? "");
        (form["Form.Email"], form["Form.Password"]) = (person.Email, password);
        using var answer = await browser.SendAsync(HttpMethod.Post, SignIn, new FormUrlEncodedContent(form), ("X-Forwarded-For", from));
        return new Refusal(answer.StatusCode, answer.Headers.RetryAfter?.Delta, answer.StatusCode == HttpStatusCode.TooManyRequests ? await answer.Content.ReadAsStringAsync() : "");
    }

    private sealed record Refusal(HttpStatusCode Status, TimeSpan? RetryAfter, string Page);

    /// <summary>Two nodes behind a trusted proxy, under a clock that is set, that allow little.</summary>
    public sealed class Limited : IAsyncLifetime
    {
        public FakeTimeProvider Clock { get; } = new();
        public TestDatabase Database { get; private set; } = null!;
        public PortalFactory[] Nodes { get; private set; } = [];

        public async Task InitializeAsync()
        {
            Database = await PostgresFixture.CreateDatabaseAsync();
            var settings = new PortalSettings
            {
                OnSocket = true,
                Clock = Clock,
                More =
                [
                    ("AttemptLimits:SignIn:Tries", Tries.ToString(CultureInfo.InvariantCulture)), ("AttemptLimits:SignIn:Window", "00:10:00"), ("AttemptLimits:Other:Tries", "2"),
                    ("SecureBase:TrustedProxies:0", "127.0.0.1"),
                ],
            };
            Nodes = [await PortalFactory.StartAsync(Database.Connections, settings), await PortalFactory.StartAsync(Database.Connections, settings)];
        }

        public async Task DisposeAsync()
        {
            foreach (var node in Nodes)
                await node.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
