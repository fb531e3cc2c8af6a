using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Targets;

namespace SecureBase.Tests.Webhooks;

public sealed class WebhookTargetsTests
{
    private static readonly IPAddress Public = IPAddress.Parse("93.184.215.14");

    /// <summary>Hosts that lead, or are meant to lead, where only the portal can reach. None is refused for want of a DNS answer: unknown names get a public address here.</summary>
    public static TheoryData<string> HostileHosts =>
    [
        // This network, loopback, and the ways to write it.
        "0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.254", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7F.1", "017700000001", "0177.0.0.1", "0177.0.0.0x1",
        "00000127.0.0.1", "127.0.0.1.", "127。0。0。1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "%31%32%37.0.0.1", "127.0.0.1%00.example.com",
        // Private, carrier, link-local, services of clouds.
        "10.0.0.1", "10.255.255.255", "0xa000001", "012.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1", "3232235777", "100.64.0.1", "100.100.100.200", "100.127.255.255",
        "169.254.169.254", "2852039166", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376", "168.63.129.16", "192.0.0.192",
        // Documentation, benchmarks, protocols, multicast, reserved.
        "192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1", "198.19.255.255", "192.88.99.1", "192.52.193.1", "192.31.196.1", "192.175.48.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        // IPv6.
        "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:93.184.215.14]", "[::ffff:192.168.1.1]", "[::ffff:172.16.0.1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::ffff:0:0]", "[::ffff:32.1.2.3]", "[::ffff:45.1.2.3]", "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]",
        "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2002:7f00:1::1]", "[2002:a9fe:a9fe::]", "[2001:0:7f00:1::]", "[2001:10::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[5f00::1]",
        "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[fec0::1]", "[ff02::1]", "[4000::1]", "[2620:4f:8000::1]", "[2a00:1450::5efe:10.0.0.1]", "[2a00:1450::200:5efe:7f00:1]",
        // Names of ours that lead inside, and lookalikes of the end of a host.
        "localhost", "LOCALHOST", "localhost.", "loopback.test", "private.test", "metadata.test", "mapped.test", "v6.test", "mixed.test", "mixed6.test", "many.test",
        "example.com.", "user@private.test", "example.com@127.0.0.1", "127.0.0.1#@example.com", "127.0.0.1\\@example.com", "[::1]@example.com", "example.com:80@127.0.0.1", "1.2.3.4.5", "example.0x7f", "[127.0.0.1]", "[::1", "",
    ];

    public static TheoryData<string> BadlyWritten =>
    [
        "", "   ", "example.com/hook", "//example.com/hook", "https:example.com", "https:/example.com", "https:///example.com", "https://", "https://?a=b", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
        "javascript:alert(1)", "https://example.com/a b", "https://example.com/\r\nX: y", "https://example.com/\ta", "https://example.com/\0", "https://exa\\mple.com/", "https://example.com/#part", "https://example.com#",
        "https://user:secret@example.com/", "https://user@example.com/", "https://@example.com/", "https://example.com:99999/", "https://example.com:-1/", "https://exam_ple..com/", "https://-/",
    ];

    [Fact]
    public void HostileHosts_AreAtLeastSixty() => Assert.InRange(((IEnumerable<object[]>)HostileHosts).Select(row => row[0]).Distinct().Count(), 60, int.MaxValue);

    [Theory]
    [MemberData(nameof(HostileHosts))]
    public async Task HostileHost_Entered_IsRefusedWithAReason(string host)
    {
        var reason = WebhookTargets.TryParse($"https://{host}/hook", out var url, out var fault) ? await Targets().RefusalAsync(Guid.Empty, url, CancellationToken.None) : fault;
        Assert.False(string.IsNullOrEmpty(reason), $"{host} is let in");
        Assert.EndsWith(".", reason, StringComparison.Ordinal);
    }

    // However a target came into the database, the connection itself is refused: this is what the test button and every attempt run through.
    [Theory]
    [MemberData(nameof(HostileHosts))]
    public async Task HostileHost_Called_IsNeverConnectedTo(string host)
    {
        if (!Uri.TryCreate($"https://{host}/hook", UriKind.Absolute, out var url) || !await LeadsInsideAsync(url))
        {
            // It leads nowhere, or somebody might read it as another host than we do: it is refused when it is written.
            Assert.False(WebhookTargets.TryParse($"https://{host}/hook", out _, out _));
            return;
        }
        await RefusedAsync(Targets(), url);
    }

    [Theory]
    [MemberData(nameof(BadlyWritten))]
    public void Address_BadlyWritten_IsRefusedWithAReason(string text)
    {
        Assert.False(WebhookTargets.TryParse(text, out _, out var fault));
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.com/hook")]
    [InlineData("https://example.com:443/hook")]
    [InlineData("https://example.com:8443/hook?a=b%20c")]
    [InlineData("HTTPS://Example.COM")]
    [InlineData("https://93.184.215.14/hook")]
    [InlineData("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hook")]
    [InlineData("https://bücher.example/hook")]
    [InlineData("  https://example.com/hook  ")]
    public async Task PublicTarget_IsTaken(string text)
    {
        Assert.True(WebhookTargets.TryParse(text, out var url, out var fault), fault);
        Assert.Null(await Targets().RefusalAsync(Guid.Empty, url, CancellationToken.None));
    }

    [Theory]
    [InlineData("http://example.com/", "HTTPS")]
    [InlineData("https://example.com:80/", "Port 80 is not allowed; deliveries go to 443 or 8443.")]
    [InlineData("https://example.com:22/", "Port 22")]
    [InlineData("https://example.com:0/", "Port 0")]
    [InlineData("https://mixed.test/", "An address of mixed.test is a private address")]
    [InlineData("https://10.0.0.1/", "10.0.0.1 is a private address; deliveries go to public addresses only.")]
    public async Task Refusal_NamesItsReason(string text, string reason)
    {
        Assert.True(WebhookTargets.TryParse(text, out var url, out _));
        Assert.Contains(reason, await Targets().RefusalAsync(Guid.Empty, url, CancellationToken.None), StringComparison.Ordinal);
        await RefusedAsync(Targets(), url);
    }

    // Every first byte there is, written both ways: no IPv4 address is let in because it is written as IPv6.
    [Fact]
    public void MappedAddresses_AreAllRefused() => Assert.All(Enumerable.Range(0, 256), first =>
        Assert.NotNull(AddressRules.Refuse(new IPAddress([(byte)first, 1, 2, 3]).MapToIPv6())));

    [Theory]
    [InlineData("10.0.0.0/9", "10.127.255.255", true)]
    [InlineData("10.0.0.0/9", "10.128.0.0", false)]
    [InlineData("0.0.0.0/0", "203.0.113.1", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("10.1.2.3/32", "10.1.2.3", true)]
    [InlineData("10.1.2.3/32", "10.1.2.2", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.0.0.1", false)]
    public void Holds_ComparesBitByBit(string network, string address, bool holds) => Assert.Equal(holds, IPNetwork.Parse(network).Holds(IPAddress.Parse(address)));

    [Fact]
    public async Task NameThatCannotBeResolved_IsTakenAndLookedAtAgainByEveryAttempt()
    {
        var targets = Targets((_, _) => throw new SocketException((int)SocketError.HostNotFound));
        Assert.Null(await targets.RefusalAsync(Guid.Empty, new Uri("https://later.example/"), CancellationToken.None));
        Assert.NotNull(await targets.RefusalAsync(Guid.Empty, new Uri("https://later.example:22/"), CancellationToken.None));
    }

    [Fact]
    public async Task ResolverThatRebinds_MeetsItsSecondAnswerOnlyAsARefusal()
    {
        var asked = 0;
        var targets = Targets((_, _) => Task.FromResult<IPAddress[]>([Interlocked.Increment(ref asked) == 1 ? Public : IPAddress.Loopback]));
        var url = new Uri("https://rebinding.example/");

        Assert.Null(await targets.RefusalAsync(Guid.Empty, url, CancellationToken.None));
        await RefusedAsync(targets, url);

        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Connection_IsMadeToTheCheckedAddress_AfterOneLookUp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var asked = 0;
        var targets = Targets((_, _) => Task.FromResult<IPAddress[]>([Interlocked.Increment(ref asked) == 1 ? IPAddress.Loopback : Public]), ("Webhooks:AllowedNetworks", "127.0.0.0/8"));
        using var sender = Sender(targets);

        var sending = sender.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"http://inside.example:{port}/"), CancellationToken.None);
        using var received = await listener.AcceptTcpClientAsync();
        await received.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());

        using var answer = await sending;
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData("http://10.20.30.40:8080/", true)]
    [InlineData("https://10.20.30.40/", true)]
    [InlineData("http://10.21.0.1:8080/", false)]
    [InlineData("http://127.0.0.1:8080/", false)]
    [InlineData("http://[::ffff:10.20.30.40]:8080/", false)]
    [InlineData("http://inside.test:8080/", true)]
    [InlineData("http://half.test:8080/", false)]
    [InlineData("http://example.com:8080/", false)]
    public async Task AllowedNetwork_ExemptsItsOwnAddressesAlone(string text, bool taken)
    {
        var targets = Targets(Resolve, ("Webhooks:AllowedNetworks:0", "10.20.0.0/16"));
        Assert.True(WebhookTargets.TryParse(text, out var url, out _));
        Assert.Equal(taken, await targets.RefusalAsync(Guid.Empty, url, CancellationToken.None) is null);
    }

    [Fact]
    public void Options_Lists_ReplaceTheDefaults_AndFaultsNameTheSetting()
    {
        var options = Options(("Webhooks:AllowedPorts", "443, 9443"), ("Webhooks:RetrySchedule:0", "00:00:01"), ("Webhooks:RetrySchedule:1", "00:00:02"), ("Webhooks:AllowedNetworks", "10.0.0.0/8,nonsense"));
        Assert.Equal([443, 9443], options.AllowedPorts);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], options.RetrySchedule);
        Assert.Equal("Webhooks:AllowedNetworks holds 'nonsense', which is not a network such as 10.20.0.0/16.", Assert.Single(options.Validate(new(options))).ErrorMessage);
    }

    [Fact]
    public void Options_Schedule_IsThatOfTheContract()
    {
        var schedule = Options().RetrySchedule;
        Assert.Equal((9, new TimeSpan(75, 35, 5)), (schedule.Count, schedule.Aggregate(TimeSpan.Zero, (sum, delay) => sum + delay)));
    }

    private static async Task<bool> LeadsInsideAsync(Uri url)
    {
        var addresses = IPAddress.TryParse(url.IdnHost, out var literal) ? [literal] : await Resolve(url.IdnHost, CancellationToken.None);
        return addresses.Any(address => AddressRules.Refuse(address) is not null);
    }

    private static async Task RefusedAsync(WebhookTargets targets, Uri url)
    {
        using var sender = Sender(targets);
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => sender.SendAsync(request, CancellationToken.None));
        Assert.IsType<TargetRefusedException>(failure.InnerException);
    }

    private static HttpMessageInvoker Sender(WebhookTargets targets) => new(new SocketsHttpHandler { ConnectCallback = targets.ConnectAsync, UseProxy = false });

    private static WebhookTargets Targets() => Targets(Resolve);

    private static WebhookTargets Targets(ResolveHost resolve, params (string, string)[] settings) => new(new HostResolver(resolve), Microsoft.Extensions.Options.Options.Create(Options(settings)));

    private static WebhookOptions Options(params (string Key, string Value)[] settings)
    {
        var options = new WebhookOptions();
        options.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build().GetSection(WebhookOptions.Section));
        return options;
    }

    private static Task<IPAddress[]> Resolve(string host, CancellationToken ct)
    {
        string[] addresses = host.ToLowerInvariant().TrimEnd('.') switch
        {
            "localhost" => ["127.0.0.1", "::1"],
            "loopback.test" => ["127.0.0.1"],
            "private.test" => ["192.168.1.10"],
            "metadata.test" => ["169.254.169.254"],
            "mapped.test" => ["::ffff:127.0.0.1"],
            "v6.test" => ["fd00::1"],
            "mixed.test" => ["93.184.215.14", "10.0.0.1"],
            "mixed6.test" => ["93.184.215.14", "::1"],
            "many.test" => [.. Enumerable.Range(1, 40).Select(i => $"93.184.215.{i}"), "127.0.0.1"],
            "inside.test" => ["10.20.1.1"],
            "half.test" => ["10.20.1.1", "10.99.1.1"],
            _ => [Public.ToString()],
        };
        return Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
    }
}
