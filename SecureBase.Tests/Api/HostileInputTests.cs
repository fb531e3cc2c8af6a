using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Api;

/// <summary>Whatever is sent: an answer below 500, a problem in the contract's form, and nothing in the log that needs anyone's attention.</summary>
public sealed class HostileInputTests(HostileInputTests.Target target) : IClassFixture<HostileInputTests.Target>
{
    private const string Tickets = "/v1/support/tickets";

    private static readonly string[] Texts =
    [
        "", " ", "\0", "a\0b", "'", "\"", "'; drop table tickets; --", "<script>alert(1)</script>", "../../etc/passwd", "%", "%25", "%s%n", "\\", "\u202e", "\ufeff",
        "\uffff", "\u0085", "🚀", "null", "undefined", "NaN", "-1", "0", "1e999", "9223372036854775808", "{{7*7}}", "${jndi:ldap://x}", "\r\nX-Injected: 1",
        "01890a5d-ac96-774b-bcce-b302099a8057", "00000000-0000-0000-0000-000000000000", new string('a', 5_000), new string('%', 300), string.Concat(Enumerable.Repeat("🚀", 200)),
    ];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-0", "1.5", "1e999", "-1e-999", "99999999999999999999999999", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "[]", "{}", "[[]]", "[null]",
        "[\"\\u0000\"]", "[{}]", "{\"a\":1}", "\"closed\"", "\"Closed\"", "\"waiting-customer\"", "\"0\"", "\"2026-13-45T99:99:99Z\"", "\"01890a5d-ac96-774b-bcce-b302099a8057\"",
        "\"00000000-0000-0000-0000-000000000000\"", "\"" + new string('x', 20_001) + "\"", "[" + string.Join(',', Enumerable.Repeat("\"t\"", 2_000)) + "]",
        string.Concat(Enumerable.Repeat("[", 500)), string.Concat(Enumerable.Repeat("[", 20)) + string.Concat(Enumerable.Repeat("]", 20)),
    ];

    private readonly PortalFactory _portal = target.Portal;
    private readonly string _key = target.Key;
    private readonly string _ticket = target.Ticket;

    [Fact]
    public async Task Bodies_OfEveryKindInEveryField()
    {
        using var api = _portal.Call(_key);
        foreach (var (method, path, fields) in new (HttpMethod, string, string[])[]
        {
            (HttpMethod.Post, Tickets, ["subject", "description", "priority", "category", "tags", "unknown", "Subject", "\\u0000", ""]),
            (HttpMethod.Patch, $"{Tickets}/{_ticket}", ["subject", "description", "category", "status", "priority", "tags", "assignee_id"]),
            (HttpMethod.Post, $"{Tickets}/{_ticket}/comments", ["body", "status"]),
        })
        {
            foreach (var field in fields)
            {
                foreach (var value in Values)
                {
                    var body = $"{{\"subject\":\"A subject\",\"{field}\":{value}}}";
                    using var answer = await api.SendAsync(method, path, new StringContent(body, Encoding.UTF8, "application/json"), ("If-Match", "*"));
                    await AssertAnswerAsync(answer, $"{method} {path} {field} = {Shorten(value)}");
                }
            }
        }
        AssertQuietLog();
    }

    [Fact]
    public async Task Queries_OfEveryKindInEveryParameter()
    {
        using var api = _portal.Call(_key);
        foreach (var name in new[] { "status", "priority", "category", "assignee", "q", "limit", "cursor", "unknown", "" })
        {
            foreach (var text in Texts)
            {
                using var answer = await api.GetAsync($"{Tickets}?{name}={Uri.EscapeDataString(text)}");
                await AssertAnswerAsync(answer, $"{name}={Shorten(text)}");
                using var comments = await api.GetAsync($"{Tickets}/{_ticket}/comments?{name}={Uri.EscapeDataString(text)}");
                await AssertAnswerAsync(comments, $"comments {name}={Shorten(text)}");
            }
        }
        AssertQuietLog();
    }

    [Fact]
    public async Task Cursors_WithEveryByteChanged()
    {
        using var api = _portal.Call(_key);
        var cursor = new Core.Kernel.Cursor(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Guid.Empty).ToString();
        for (var i = 0; i < cursor.Length; i++)
        {
            foreach (var c in "A_-9~")
            {
                using var answer = await api.GetAsync($"{Tickets}?cursor={cursor[..i]}{c}{cursor[(i + 1)..]}");
                await AssertAnswerAsync(answer, $"cursor {i} {c}");
            }
        }
        AssertQuietLog();
    }

    [Fact]
    public async Task Headers_OfEveryKind()
    {
        using var api = _portal.Call(_key);
        foreach (var text in Texts.Where(t => t.All(c => c is >= ' ' and <= '~') && t.Length < 4_000))
        {
            foreach (var name in new[] { "Idempotency-Key", "If-Match", "If-None-Match", "Accept", "Accept-Encoding", "X-Forwarded-Host", "X-Forwarded-For", "traceparent", "Range", "Cookie", "Origin" })
            {
                using var post = await api.SendAsync(HttpMethod.Patch, $"{Tickets}/{_ticket}", new StringContent("{}", Encoding.UTF8, "application/json"), (name, text));
                await AssertAnswerAsync(post, $"{name}: {Shorten(text)}");
                using var get = await api.SendAsync(HttpMethod.Get, $"{Tickets}/{_ticket}", null, (name, text));
                await AssertAnswerAsync(get, $"GET {name}: {Shorten(text)}");
            }
        }
        AssertQuietLog();
    }

    [Theory]
    [InlineData("GET /v1/support/tickets/%00 HTTP/1.1")]
    [InlineData("GET /v1/support/tickets/%ff%fe HTTP/1.1")]
    [InlineData("GET /v1/support/tickets/%2e%2e/%2e%2e/etc/passwd HTTP/1.1")]
    [InlineData("GET /v1/support/tickets/../../../etc/passwd HTTP/1.1")]
    [InlineData("GET /v1/support/tickets/..%5c..%5cetc HTTP/1.1")]
    [InlineData("GET /v1//support//tickets HTTP/1.1")]
    [InlineData("GET /v1/support/tickets/ HTTP/1.1")]
    [InlineData("GET /V1/Support/Tickets HTTP/1.1")]
    [InlineData("GET /v1/support/tickets;a=b HTTP/1.1")]
    [InlineData("GET /v1/support/tickets?% HTTP/1.1")]
    [InlineData("GET /v1/support/tickets?status=%zz&limit=% HTTP/1.1")]
    [InlineData("GET /v1/support/tickets?q=%c0%af HTTP/1.1")]
    [InlineData("GET /v1/support/tickets?q=%ed%a0%80 HTTP/1.1")]
    [InlineData("GET /v1/support/tickets?&&&=&=&? HTTP/1.1")]
    [InlineData("GET /v1/support/tickets/00000000-0000-0000-0000-000000000000 HTTP/1.1")]
    [InlineData("GET /v1/support/tickets/{00000000-0000-0000-0000-000000000000} HTTP/1.1")]
    [InlineData("GET /v1/support/tickets/1 HTTP/1.1")]
    [InlineData("GET /v1/support/tickets/null HTTP/1.1")]
    [InlineData("GET http://globex.localhost/v1/support/tickets HTTP/1.1")]
    [InlineData("GET /v1 HTTP/1.1")]
    [InlineData("GET /v1/ HTTP/1.1")]
    [InlineData("OPTIONS /v1/support/tickets HTTP/1.1")]
    [InlineData("OPTIONS * HTTP/1.1")]
    [InlineData("TRACE /v1/support/tickets HTTP/1.1")]
    [InlineData("BREW /v1/support/tickets HTTP/1.1")]
    [InlineData("HEAD /v1/support/tickets HTTP/1.1")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Content-Length: 0")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\n0")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Content-Length: -1")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Content-Length: 99999999999999999999")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Content-Type: ;;;\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Content-Type: application/json; charset=\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Expect: something-else\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /v1/support/tickets HTTP/1.1", "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 18\r\n\r\n{\"subject\":\"Test\"}")]
    [InlineData("PATCH /v1/support/tickets/00000000-0000-0000-0000-000000000000 HTTP/1.1", "If-Match: \"\r\nContent-Length: 2\r\n\r\n{}")]
    public async Task RawRequests(string line, string rest = "")
    {
        var answer = await RawAsync($"{line}\r\nHost: api.localhost\r\nAuthorization: Bearer {_key}\r\nConnection: close\r\n{rest}\r\n\r\n");
        Assert.Matches("^HTTP/1.1 [2-4][0-9][0-9] ", answer);
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
        AssertQuietLog();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Host: api.localhost\r\nHost: acme.localhost\r\n")]
    [InlineData("Host: \r\n")]
    [InlineData("Host: api.localhost\0\r\n")]
    [InlineData("Host: api.localhost/v1\r\n")]
    [InlineData("Host: api.localhost, acme.localhost\r\n")]
    [InlineData("Host: api.localhost:99999\r\n")]
    [InlineData("Host: 127.0.0.1\r\n")]
    [InlineData("Host: [::1]\r\n")]
    [InlineData("Host: API.LOCALHOST.evil.example\r\n")]
    [InlineData("Host: %61pi.localhost\r\n")]
    public async Task RawHosts_OpenNothing(string host)
    {
        var answer = await RawAsync($"GET {Tickets} HTTP/1.1\r\n{host}Authorization: Bearer {_key}\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 (400|404) ", answer);
        AssertQuietLog();
    }

    [Fact]
    public async Task AClientThatLeavesInTheMiddle_LeavesNoTrace()
    {
        for (var i = 0; i < 5; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _portal.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {Tickets} HTTP/1.1\r\nHost: api.localhost\r\nAuthorization: Bearer {_key}\r\nContent-Length: 100\r\n\r\n{{\"subject\":"));
            client.Client.LingerState = new LingerOption(true, 0);
        }
        using var api = _portal.Call(_key);
        using var answer = await api.GetAsync(Tickets);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        AssertQuietLog();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ALargeBodyFromAStranger_IsAnsweredBeforeTheConnectionEnds(bool beyondTheServersLimit)
    {
        var length = (beyondTheServersLimit ? 40 : 8) << 20;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _portal.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"POST {Tickets} HTTP/1.1\r\nHost: {TenantSlug.Api}.localhost\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")));
        try
        {
            await stream.WriteAsync(new byte[length]);
        }
        catch (IOException)
        {
            // Closed while still sending: the answer must have arrived all the same.
        }
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 401 ", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    private static async Task AssertAnswerAsync(HttpResponseMessage answer, string what)
    {
        Assert.True((int)answer.StatusCode < 500, $"{what}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        if ((int)answer.StatusCode >= 400)
            await Problem.ReadAsync(answer, answer.StatusCode);
    }

    private void AssertQuietLog() => Assert.Empty(_portal.Log.All.Where(r => r.Level >= LogLevel.Error).Select(r => r.Text));

    private async Task<string> RawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _portal.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return await reader.ReadToEndAsync(patience.Token);
    }

    /// <summary>A portal on a real socket, with a key and a ticket.</summary>
    public sealed class Target : IAsyncLifetime
    {
        private TestDatabase? _database;

        internal PortalFactory Portal { get; private set; } = null!;
        internal string Key { get; private set; } = "";
        internal string Ticket { get; private set; } = "";

        public async Task InitializeAsync()
        {
            _database = await PostgresFixture.CreateDatabaseAsync();
            Portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { OnSocket = true });
            var tenant = await Portal.Given.TenantAsync();
            Key = (await tenant.ApiKeyAsync("tickets:read", "tickets:write")).Text;
            Ticket = (await (await tenant.PersonAsync(Core.Kernel.Roles.Admin)).OpenTicketAsync()).Id.ToString();
        }

        public async Task DisposeAsync()
        {
            await Portal.DisposeAsync();
            if (_database is not null)
                await _database.DisposeAsync();
        }
    }

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
