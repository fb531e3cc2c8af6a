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

    // Mapped into IPv6, an address must be found in no network that does not hold it: the framework alone finds 10.9.9.9 in this one.
    [Theory]
    [InlineData("2001:db8:8000::/33", "203.0.113.9, ::ffff:10.9.9.9", "10.9.9.9")]
    [InlineData("2001:db8:8000::/33", "203.0.113.9, [::ffff:10.9.9.9]:4711", "10.9.9.9")]
    [InlineData("10.0.0.0/8", "203.0.113.9, ::ffff:10.9.9.9", "203.0.113.9")]
    [InlineData("2001:db8:8000::/33", "203.0.113.9, 2001:db8:8000::1", "203.0.113.9")]
    public async Task MappedAddresses_CountAsTheIPv4AddressesTheyAre(string proxies, string forwardedFor, string seen)
    {
        await using var host = await StartAsync("127.0.0.1", proxies);
        using var answer = await host.SendAsync(HttpMethod.Get, "/seen", null, ("Host", "acme.example.com"), ("X-Forwarded-For", forwardedFor));
        Assert.Equal($"http acme.example.com {seen}", await answer.Content.ReadAsStringAsync());
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

    private static Task<EdgeHost> StartAsync(params string?[] proxies) => EdgeHost.StartAsync(
        app => app.MapGet("/seen", (HttpContext http) => $"{http.Request.Scheme} {http.Request.Host} {http.Connection.RemoteIpAddress}"),
        proxies.Index().Where(p => p.Item is not null).ToDictionary(p => $"SecureBase:TrustedProxies:{p.Index}", p => p.Item));
}
