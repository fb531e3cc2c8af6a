using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Tests.Factors;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Live;

namespace SecureBase.Tests.Access;

/// <summary>Who loses access loses it everywhere, long before what a node remembers (a minute) is read again: requests, open pages and programs, on the node that heard it first and on the other.</summary>
public sealed class RevocationTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private readonly PortalFactory[] _nodes = [nodes.Here, nodes.There];

    [Fact]
    public async Task EndedSession_IsRefusedOnBothNodes_AndItsPagesAreCutOff()
    {
        var acme = await nodes.Here.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        await using var lost = await PresentAsync(ada);
        await using var kept = await PresentAsync(ada);

        await using (var scope = ada.Scope())
            Assert.True((await scope.Get<SessionService>().EndAsync(await LastButOneSessionAsync(ada), CancellationToken.None)).IsSuccess);

        await lost.EndsAsync(HttpStatusCode.Redirect);
        await kept.StaysAsync();
    }

    [Fact]
    public async Task AllOtherSessions_EndTogetherOnBothNodes()
    {
        var ada = await (await nodes.Here.Given.TenantAsync()).AdminAsync();
        await using var lost = await PresentAsync(ada);
        await using var lostToo = await PresentAsync(ada);
        await using var kept = await PresentAsync(ada);

        await using (var scope = nodes.There.ScopeFor(ada.Tenant.Info, ada.Actor with { SessionId = await LastSessionAsync(ada) }))
            Assert.Equal(2, (await scope.Get<SessionService>().EndOthersAsync(CancellationToken.None)).Value);

        await lost.EndsAsync(HttpStatusCode.Redirect);
        await lostToo.EndsAsync(HttpStatusCode.Redirect);
        await kept.StaysAsync();
    }

    [Fact]
    public async Task SecondFactorRequired_EndsSessionsOfAPasswordAlone_OnBothNodes()
    {
        var ada = await (await nodes.Here.Given.TenantAsync()).AdminAsync();
        await using var presence = await PresentAsync(ada);

        await ada.Tenant.RequireSecondFactorAsync();

        await presence.EndsAsync(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task SignOut_EndsTheSessionForWhoeverHoldsItsCookie()
    {
        var ada = await (await nodes.Here.Given.TenantAsync()).AdminAsync();
        await using var presence = await PresentAsync(ada);
        var start = await presence.Browsers[0].PageAsync("/tickets");
        var token = start.QuerySelector("form[action='/account/sign-out'] input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

        using (var forged = await presence.Browsers[0].SendAsync(HttpMethod.Post, "/account/sign-out", new FormUrlEncodedContent([])))
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        await presence.StaysAsync();
        using (var answer = await presence.Browsers[0].SendAsync(HttpMethod.Post, "/account/sign-out", new FormUrlEncodedContent([new("__RequestVerificationToken", token)])))
            Assert.Equal("/account/signed-out", answer.Headers.Location?.OriginalString);

        await presence.EndsAsync(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task SuspendedTenant_IsOutOnBothNodes_AndComesBackWhenResumed()
    {
        var acme = await nodes.Here.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var other = await (await nodes.Here.Given.TenantAsync()).AdminAsync();
        var key = (await acme.ApiKeyAsync("tickets:read")).Text;
        await using var presence = await PresentAsync(ada);
        await using var theirs = await PresentAsync(other);
        await KeyAnswersAsync(key, HttpStatusCode.OK);

        await acme.SuspendAsync();

        await presence.EndsAsync(HttpStatusCode.Forbidden);
        await KeyAnswersAsync(key, HttpStatusCode.Forbidden);
        await theirs.StaysAsync();
        foreach (var browser in presence.Browsers)
        {
            using var page = await browser.GetAsync("/tickets");
            Assert.Contains("suspended", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await acme.ResumeAsync();

        await presence.RequestsAnswerAsync(HttpStatusCode.OK);
        await KeyAnswersAsync(key, HttpStatusCode.OK);
        foreach (var (browser, node) in presence.Browsers.Zip(_nodes))
            await (await BrowserSocket.OpenAsync(browser, node)).DisposeAsync();
    }

    /// <summary>As the page of the admin area does it: a member of staff at one node, the customer's people at both.</summary>
    [Fact]
    public async Task TenantSuspendedByStaff_IsOutOnBothNodes_AndAChangeOfItsSettingsThrowsNobodyOut()
    {
        var acme = await nodes.Here.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var key = (await acme.ApiKeyAsync("tickets:read")).Text;
        var platform = await (await nodes.Here.Given.OperatorAsync()).AdminAsync();
        await using var presence = await PresentAsync(ada);
        await using var scope = platform.Scope();
        var tenants = scope.Get<TenantService>();

        Assert.True((await tenants.EditAsync(acme.Slug, new EditTenant { Name = "Renamed", Quotas = new QuotaOverrides(Users: 3) }, null, CancellationToken.None)).IsSuccess);
        await Task.WhenAll(_nodes.Select(node => Until.TrueAsync("the node knows the new name and quota", async () =>
            await node.Services.GetRequiredService<TenantDirectory>().FindAsync(acme.Slug, CancellationToken.None) is { Name: "Renamed", Limits.Users: 3 })));
        await presence.StaysAsync();

        Assert.True((await tenants.SuspendAsync(acme.Slug, "Unpaid since March", CancellationToken.None)).IsSuccess);
        await presence.EndsAsync(HttpStatusCode.Forbidden);
        await KeyAnswersAsync(key, HttpStatusCode.Forbidden);
        Assert.True((await tenants.ResumeAsync(acme.Slug, CancellationToken.None)).IsSuccess);
        await presence.RequestsAnswerAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task RefusedSession_OpensNoNewConnection()
    {
        var ada = await (await nodes.Here.Given.TenantAsync()).AdminAsync();
        await using var presence = await PresentAsync(ada);
        await using (var scope = ada.Scope())
            await scope.Get<SessionService>().EndAsync(await LastSessionAsync(ada), CancellationToken.None);
        await presence.EndsAsync(HttpStatusCode.Redirect);

        foreach (var (browser, node) in presence.Browsers.Zip(_nodes))
        {
            await Assert.ThrowsAsync<WebSocketException>(() => BrowserSocket.OpenAsync(browser, node));
            await Assert.ThrowsAsync<WebSocketException>(() => HubClient.ConnectAsync(browser, node));
        }
    }

    private Task KeyAnswersAsync(string key, HttpStatusCode expected) => Task.WhenAll(_nodes.Select(node => Until.TrueAsync($"the key answers {expected}", async () =>
    {
        using var program = node.Call(key);
        using var answer = await program.GetAsync("/v1/support/tickets");
        return answer.StatusCode == expected;
    })));

    private async Task<Presence> PresentAsync(GivenPerson person)
    {
        var first = await person.SignInAsync(_nodes[0]);
        var second = _nodes[1].Visit(person.Tenant);
        second.Cookies.SetCookies(second.Home, string.Join(",", first.Cookies.GetCookies(first.Home).Select(c => $"{c.Name}={c.Value}")));
        var presence = new Presence([first, second]);
        foreach (var (browser, node) in presence.Browsers.Zip(_nodes))
        {
            presence.Pages.Add(await BrowserSocket.OpenAsync(browser, node));
            presence.Hubs.Add(await HubClient.ConnectAsync(browser, node));
        }
        await presence.StaysAsync();
        return presence;
    }

    private Task<Guid> LastSessionAsync(GivenPerson person) => SessionAsync(person, 0);

    private Task<Guid> LastButOneSessionAsync(GivenPerson person) => SessionAsync(person, 1);

    private async Task<Guid> SessionAsync(GivenPerson person, int back) => (Guid)(await Sql.ScalarAsync(
        nodes.Database.SuperuserConnectionString, $"select id from sessions where person_id = '{person.Id}' order by created_at desc offset {back} limit 1"))!;

    /// <summary>One session in use on both nodes: a browser, an open page and a hub connection on each.</summary>
    private sealed class Presence(IReadOnlyList<Visitor> browsers) : IAsyncDisposable
    {
        public IReadOnlyList<Visitor> Browsers => browsers;
        public List<BrowserSocket> Pages { get; } = [];
        public List<HubClient> Hubs { get; } = [];

        public async Task EndsAsync(HttpStatusCode answer)
        {
            await RequestsAnswerAsync(answer);
            await Until.TrueAsync("the pages are cut off", () => Pages.TrueForAll(p => !p.IsOpen));
            await Until.TrueAsync("the hub's connections are cut off", () => Hubs.TrueForAll(h => !h.IsConnected));
        }

        public async Task StaysAsync()
        {
            await RequestsAnswerAsync(HttpStatusCode.OK);
            Assert.All(Pages, p => Assert.True(p.IsOpen));
            Assert.All(Hubs, h => Assert.True(h.IsConnected));
        }

        public Task RequestsAnswerAsync(HttpStatusCode expected) => Task.WhenAll(browsers.Select(browser => Until.TrueAsync($"the cookie is answered {expected}", async () =>
        {
            using var answer = await browser.GetAsync("/tickets");
            return answer.StatusCode == expected;
        })));

        public async ValueTask DisposeAsync()
        {
            foreach (var page in Pages)
                await page.DisposeAsync();
            foreach (var hub in Hubs)
                await hub.DisposeAsync();
            foreach (var browser in browsers)
                browser.Dispose();
        }
    }
}
