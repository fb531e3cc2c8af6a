using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Hosting;

public sealed class SecurityHeadersTests : IAsyncLifetime
{
    private EdgeHost _host = null!;

    public async Task InitializeAsync() => _host = await EdgeHost.StartAsync(
        app =>
        {
            app.MapGet("/page", () => TypedResults.Content("<p>page</p>", "text/html"));
            app.MapGet("/v1/thing", () => TypedResults.Ok(1));
            app.MapGet("/own", (HttpContext http) => http.Response.Headers.ContentSecurityPolicy = "default-src 'none'");
            app.MapGet("/failing", IResult () => throw new InvalidOperationException());
        },
        new() { ["SecureBase:TrustedProxies:0"] = "127.0.0.1" });

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("/page")]
    [InlineData("/v1/thing")]
    [InlineData("/v1/nothing")]
    [InlineData("/nothing")]
    [InlineData("/failing")]
    [InlineData("/health/live")]
    public async Task EveryAnswer_CarriesTheHeadersOnce(string path)
    {
        using var answer = await _host.SendAsync(HttpMethod.Get, path);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(answer, "X-Frame-Options"));
        Assert.Equal("same-origin", Header(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Resource-Policy"));
        Assert.Contains("camera=()", Header(answer, "Permissions-Policy"), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("X-Powered-By"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task PagePolicy_AllowsNoInlineScriptAndOnlyItsOwnSocket()
    {
        using var answer = await _host.SendAsync(HttpMethod.Get, "/page", null, ("Host", "acme.localhost:5080"));
        var policy = Header(answer, "Content-Security-Policy").Split("; ").ToDictionary(d => d.Split(' ', 2)[0], d => d.Split(' ', 2)[^1]);
        Assert.Equal("'self'", policy["script-src"]);
        Assert.Equal("'self'", policy["style-src"]);
        Assert.Equal("'unsafe-inline'", policy["style-src-attr"]);
        Assert.Equal("'self' ws://acme.localhost:5080", policy["connect-src"]);
        Assert.Equal("'none'", policy["frame-ancestors"]);
        Assert.Equal("'none'", policy["object-src"]);
        Assert.Equal("'self'", policy["base-uri"]);
        Assert.Equal("'self'", policy["form-action"]);
        Assert.DoesNotContain("unsafe-eval", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_AnswersAreNeitherCachedNorRendered()
    {
        using var answer = await _host.SendAsync(HttpMethod.Get, "/v1/thing");
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Header(answer, "Content-Security-Policy"));
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task APolicyOfTheAnswersOwn_IsKept()
    {
        using var answer = await _host.SendAsync(HttpMethod.Get, "/own");
        Assert.Equal("default-src 'none'", Header(answer, "Content-Security-Policy"));
    }

    [Theory]
    [InlineData("acme.example.com", "https", true)]
    [InlineData("acme.example.com", "http", false)]
    [InlineData("acme.localhost", "https", false)]
    [InlineData("localhost", "https", false)]
    public async Task Hsts_OnlyOverHttpsAndNotOnThisMachine(string host, string scheme, bool expected)
    {
        using var answer = await _host.SendAsync(HttpMethod.Get, "/page", null, ("Host", host), ("X-Forwarded-Proto", scheme));
        Assert.Equal(expected, answer.Headers.Contains("Strict-Transport-Security"));
        var policy = Header(answer, "Content-Security-Policy");
        Assert.Contains($"{(scheme == "https" ? "wss" : "ws")}://{host}", policy, StringComparison.Ordinal);
        Assert.Equal(scheme == "https", policy.Contains("upgrade-insecure-requests", StringComparison.Ordinal));
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
