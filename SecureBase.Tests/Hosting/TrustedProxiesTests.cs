using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Hosting;

public sealed class TrustedProxiesTests
{
    private static readonly (string, string)[] Forwarded =
    [
        ("Host", "inner.example.com"), ("X-Forwarded-Host", "acme.example.com"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.9"),
    ];

    [Theory]
    [InlineData(null, "http inner.example.com 127.0.0.1")]
    [InlineData("10.0.0.0/8", "http inner.example.com 127.0.0.1")]
    [InlineData("127.0.0.0/8", "https acme.example.com 203.0.113.9")]
    [InlineData("127.0.0.1", "https acme.example.com 203.0.113.9")]
    public async Task ForwardedHeaders_AreBelievedOnlyFromConfiguredProxies(string? proxies, string seen)
    {
        await using var host = await StartAsync(proxies);
        using var answer = await host.SendAsync(HttpMethod.Get, "/seen", null, Forwarded);
        Assert.Equal(seen, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task TheAddressBeforeTheLastUntrustedHop_IsNotBelieved()
    {
        await using var host = await StartAsync("127.0.0.1");
        using var answer = await host.SendAsync(HttpMethod.Get, "/seen", null, ("Host", "acme.example.com"), ("X-Forwarded-For", "10.9.9.9, 203.0.113.9"));
        Assert.Equal("http acme.example.com 203.0.113.9", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("SecureBase:TrustedProxies:0", "everyone", "SecureBase:TrustedProxies holds 'everyone'")]
    [InlineData("SecureBase:TrustedProxies:0", "10.0.0.0/33", "SecureBase:TrustedProxies holds '10.0.0.0/33'")]
    [InlineData("ForwardedHeaders_Enabled", "true", "believes X-Forwarded headers from everybody")]
    public async Task Start_WithASettingThatCannotBe_NamesIt(string setting, string value, string message)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => EdgeHost.StartAsync(_ => { }, new() { [setting] = value }));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    private static Task<EdgeHost> StartAsync(string? proxies) => EdgeHost.StartAsync(
        app => app.MapGet("/seen", (HttpContext http) => $"{http.Request.Scheme} {http.Request.Host} {http.Connection.RemoteIpAddress}"),
        proxies is null ? null : new() { ["SecureBase:TrustedProxies:0"] = proxies });
}
