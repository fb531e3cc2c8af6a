using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Hosting;

public sealed class OriginCheckTests : IAsyncLifetime
{
    private EdgeHost _host = null!;

    public async Task InitializeAsync() => _host = await EdgeHost.StartAsync(app => app.Map("{**path}", () => TypedResults.Ok()));

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("acme.localhost:5080", "http://acme.localhost:5080", true)]
    [InlineData("ACME.localhost:5080", "http://acme.localhost:5080", true)]
    [InlineData("acme.example.com", "https://acme.example.com", true)]
    [InlineData("acme.example.com:443", "https://acme.example.com", true)]
    [InlineData("acme.example.com", "https://acme.example.com:443", true)]
    [InlineData("acme.example.com", "http://acme.example.com", true)]
    [InlineData("acme.localhost:5080", null, true)]
    [InlineData("acme.localhost:5080", "http://globex.localhost:5080", false)]
    [InlineData("acme.localhost:5080", "http://admin.localhost:5080", false)]
    [InlineData("acme.localhost:5080", "http://localhost:5080", false)]
    [InlineData("acme.localhost:5080", "http://acme.localhost:5081", false)]
    [InlineData("acme.localhost:5080", "http://acme.localhost", false)]
    [InlineData("acme.localhost:5080", "http://acme.localhost.evil.example:5080", false)]
    [InlineData("acme.localhost:5080", "http://evil.example/acme.localhost:5080", false)]
    [InlineData("acme.localhost:5080", "http://acme.localhost:5080@evil.example", false)]
    [InlineData("acme.example.com", "https://acme.example.com:8443", false)]
    [InlineData("acme.localhost:5080", "null", false)]
    [InlineData("acme.localhost:5080", "", false)]
    [InlineData("acme.localhost:5080", "file://", false)]
    [InlineData("acme.localhost:5080", "ws://acme.localhost:5080", false)]
    [InlineData("acme.localhost:5080", "chrome-extension://abcdefgh", false)]
    public async Task LiveConnections_OnlyFromTheirOwnOrigin(string host, string? origin, bool allowed)
    {
        foreach (var path in new[] { "/_blazor", "/_blazor/negotiate", "/hubs/live", "/hubs/live/negotiate" })
        {
            using var answer = await SendAsync(path, host, origin);
            Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
            if (!allowed)
                Assert.Equal("foreign_origin", (await Problem.ReadAsync(answer, HttpStatusCode.Forbidden)).Code);
        }
    }

    [Fact]
    public async Task AnUpgradeOnAnyPath_IsChecked()
    {
        using var answer = await SendAsync("/anything", "acme.localhost", "http://evil.example", ("Connection", "Upgrade"), ("Upgrade", "websocket"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task TwoOrigins_AreRefused()
    {
        using var answer = await SendAsync("/hubs/live", "acme.localhost", "http://acme.localhost", ("Origin", "http://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("same-origin", true)]
    [InlineData("none", true)]
    [InlineData("same-site", false)]
    [InlineData("cross-site", false)]
    public async Task WithoutOrigin_TheBrowsersOwnWordCounts(string site, bool allowed)
    {
        using var answer = await SendAsync("/_blazor", "acme.localhost", null, ("Sec-Fetch-Site", site));
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task OrdinaryPages_AreNotChecked()
    {
        using var answer = await SendAsync("/tickets", "acme.localhost", "http://evil.example");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<HttpResponseMessage> SendAsync(string path, string host, string? origin, params (string, string)[] more) =>
        _host.SendAsync(HttpMethod.Get, path, null, [("Host", host), .. origin is null ? [] : new[] { ("Origin", origin) }, .. more]);
}
