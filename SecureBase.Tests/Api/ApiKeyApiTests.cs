using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Live;

namespace SecureBase.Tests.Api;

/// <summary><c>/v1/api-keys</c> on two nodes behind a proxy that is believed.</summary>
public sealed class ApiKeyApiTests : IAsyncLifetime
{
    private const string Keys = "/v1/api-keys";
    private const string Tickets = "/v1/support/tickets";
    private static readonly PortalSettings BehindProxy = new() { OnSocket = true, More = [("SecureBase:TrustedProxies:0", "127.0.0.0/8"), ("SecureBase:TrustedProxies:1", "::1")] };

    private TestDatabase _database = null!;
    private PortalFactory _here = null!;
    private PortalFactory _there = null!;
    private GivenTenant _acme = null!;
    private Visitor _manager = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _here = await PortalFactory.StartAsync(_database.Connections, BehindProxy);
        _there = await PortalFactory.StartAsync(_database.Connections, BehindProxy);
        _acme = await _here.Given.TenantAsync();
        _manager = _here.Call((await _acme.ApiKeyAsync([.. ApiScopes.Tenant])).Text);
    }

    public async Task DisposeAsync()
    {
        _manager.Dispose();
        await _there.DisposeAsync();
        await _here.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task AKeysLife_OnBothNodes()
    {
        var created = await JsonAsync(await PostAsync(Keys, """{"name":"ci","scopes":["tickets:read"],"description":"Deploys"}"""), HttpStatusCode.Created);
        var id = created.GetProperty("id").GetString()!;
        var secret = created.GetProperty("secret").GetString()!;
        Assert.Equal(("active", "sb_live_", secret[^4..]), (created.GetProperty("status").GetString(), created.GetProperty("prefix").GetString(), created.GetProperty("last_four").GetString()));
        await AnswersAsync(secret, HttpStatusCode.OK);

        using (var read = await _manager.GetAsync($"{Keys}/{id}"))
        {
            Assert.Equal("\"1\"", read.Headers.ETag!.Tag);
            Assert.False((await JsonAsync(read)).TryGetProperty("secret", out _));
        }
        using (var edited = await SendAsync(HttpMethod.Patch, $"{Keys}/{id}", """{"name":"cd"}""", ("If-Match", "\"1\"")))
            Assert.Equal("cd", (await JsonAsync(edited)).GetProperty("name").GetString());
        using (var stale = await SendAsync(HttpMethod.Patch, $"{Keys}/{id}", """{"name":"ce"}""", ("If-Match", "\"1\"")))
            await Problem.ReadAsync(stale, HttpStatusCode.PreconditionFailed);
        using (var blind = await SendAsync(HttpMethod.Patch, $"{Keys}/{id}", """{"name":"ce"}"""))
            await Problem.ReadAsync(blind, HttpStatusCode.PreconditionRequired);

        var rotated = await JsonAsync(await PostAsync($"{Keys}/{id}/rotate", null));
        var second = rotated.GetProperty("secret").GetString()!;
        Assert.Equal(secret[^4..], rotated.GetProperty("previous_secret").GetProperty("last_four").GetString());
        await AnswersAsync(secret, HttpStatusCode.OK);
        await AnswersAsync(second, HttpStatusCode.OK);
        using (var ended = await _manager.SendAsync(HttpMethod.Delete, $"{Keys}/{id}/previous-secret"))
            Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        await AnswersAsync(secret, HttpStatusCode.Unauthorized);
        await AnswersAsync(second, HttpStatusCode.OK);

        using (var revoked = await _manager.SendAsync(HttpMethod.Delete, $"{Keys}/{id}"))
            Assert.Equal("revoked", (await JsonAsync(revoked)).GetProperty("status").GetString());
        await AnswersAsync(second, HttpStatusCode.Unauthorized);
        using var listed = await _manager.GetAsync($"{Keys}?status=revoked");
        Assert.Equal(id, Assert.Single((await JsonAsync(listed)).GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task ARepeat_AnswersTheKeyWithoutItsSecret_AndTheSecretIsStoredNowhere()
    {
        using var first = await PostAsync(Keys, """{"name":"once","scopes":["tickets:read"]}""", "create-once");
        using var second = await PostAsync(Keys, """{"name":"once","scopes":["tickets:read"]}""", "create-once");
        var (created, repeated) = (await JsonAsync(first, HttpStatusCode.Created), await JsonAsync(second, HttpStatusCode.Created));
        Assert.Equal(created.GetProperty("id").GetString(), repeated.GetProperty("id").GetString());
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotency-Replayed")));
        Assert.False(repeated.TryGetProperty("secret", out _));

        var rotate = $"{Keys}/{created.GetProperty("id").GetString()}/rotate";
        using var rotated = await PostAsync(rotate, null, "rotate-once");
        using var again = await PostAsync(rotate, null, "rotate-once");
        var secrets = new[] { created.GetProperty("secret").GetString()!, (await JsonAsync(rotated)).GetProperty("secret").GetString()! };
        Assert.False((await JsonAsync(again)).TryGetProperty("secret", out _));

        // A witness: the search below finds what is there.
        Assert.NotEmpty(await TablesHoldingAsync("create-once"));
        foreach (var secret in secrets)
            Assert.Empty(await TablesHoldingAsync(secret[8..]));
        foreach (var node in new[] { _here, _there })
            Assert.DoesNotContain(node.Log.All, line => secrets.Any(secret => line.Text.Contains(secret[8..], StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AllowList_IsAskedOnEveryRequest_BehindProxiesThatAreBelieved()
    {
        var created = await JsonAsync(await PostAsync(Keys, """{"name":"fenced","scopes":["tickets:read"],"ip_allow_list":["203.0.113.0/24","2001:db8::/32"]}"""), HttpStatusCode.Created);
        var (id, secret) = (created.GetProperty("id").GetString()!, created.GetProperty("secret").GetString()!);
        foreach (var (from, expected) in new[]
        {
            ("203.0.113.7", HttpStatusCode.OK), ("2001:db8::7", HttpStatusCode.OK), ("::ffff:203.0.113.7", HttpStatusCode.OK), ("203.0.113.7:4711", HttpStatusCode.OK),
            ("198.51.100.7", HttpStatusCode.Forbidden), ("2001:db9::7", HttpStatusCode.Forbidden), ("203.0.113.7, 198.51.100.7", HttpStatusCode.Forbidden), (null, HttpStatusCode.Forbidden),
        })
        {
            using var answer = await CallAsync(_here, secret, from);
            Assert.True(expected == answer.StatusCode, $"{from}: {(int)answer.StatusCode}");
            if (expected != HttpStatusCode.Forbidden)
                continue;
            Assert.Equal("address_not_allowed", (await Problem.ReadAsync(answer, expected)).Code);
            Assert.False(answer.Headers.Contains("WWW-Authenticate"));
        }
        Assert.Equal(4L, await Sql.ScalarAsync(_database.SuperuserConnectionString,
            $"select count(*) from audit_entries where tenant_id = '{_acme.Id}' and action = 'access.address_refused' and outcome = 'refused' and details->>'key' = '{id}'"));

        using (var edited = await SendAsync(HttpMethod.Patch, $"{Keys}/{id}", """{"ip_allow_list":["198.51.100.7"]}""", ("If-Match", "*")))
            Assert.Equal("198.51.100.7/32", Assert.Single((await JsonAsync(edited)).GetProperty("ip_allow_list").EnumerateArray()).GetString());
        foreach (var node in new[] { _here, _there })
        {
            await Until.TrueAsync("the new list holds", async () => (await CallAsync(node, secret, "203.0.113.7")).StatusCode == HttpStatusCode.Forbidden);
            using var now = await CallAsync(node, secret, "198.51.100.7");
            Assert.Equal(HttpStatusCode.OK, now.StatusCode);
        }
    }

    [Fact]
    public async Task LiveConnection_EndsWithItsSecretAndWithItsAddress()
    {
        var created = await JsonAsync(await PostAsync(Keys, """{"name":"live","scopes":["tickets:read"]}"""), HttpStatusCode.Created);
        var id = created.GetProperty("id").GetString()!;
        using var old = _there.Call(created.GetProperty("secret").GetString()!);
        await using var byOld = await HubClient.ConnectAsync(old, _there);
        using var fresh = _there.Call((await JsonAsync(await PostAsync($"{Keys}/{id}/rotate", null))).GetProperty("secret").GetString()!);
        await using var byNew = await HubClient.ConnectAsync(fresh, _there);

        using (await _manager.SendAsync(HttpMethod.Delete, $"{Keys}/{id}/previous-secret"))
            await Until.TrueAsync("the old secret's connection ends", () => !byOld.IsConnected);
        Assert.True(byNew.IsConnected);
        using (await SendAsync(HttpMethod.Patch, $"{Keys}/{id}", """{"ip_allow_list":["203.0.113.0/24"]}""", ("If-Match", "*")))
            await Until.TrueAsync("a connection from elsewhere ends", () => !byNew.IsConnected);
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => HubClient.ConnectAsync(fresh, _there));
    }

    [Theory]
    [InlineData("""{}""", "name", "scopes")]
    [InlineData("""{"name":"","scopes":[]}""", "name", "scopes")]
    [InlineData("""{"name":"a\u0000b","scopes":["tickets:read"]}""", "name")]
    [InlineData("""{"name":"a\nb","scopes":["tickets:read"]}""", "name")]
    [InlineData("""{"name":"x","scopes":["tickets:read"],"description":"a\u0000b"}""", "description")]
    [InlineData("""{"name":"x","scopes":["tickets:read",null]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["*"]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["staff:support"]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["TICKETS:READ"]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["tickets:read"],"expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"name":"x","scopes":["tickets:read"],"expires_at":"9999-12-31T23:59:59Z"}""", "expires_at")]
    [InlineData("""{"name":"x","scopes":["tickets:read"],"ip_allow_list":["0.0.0.0/0"]}""", "ip_allow_list")]
    [InlineData("""{"name":"x","scopes":["tickets:read"],"ip_allow_list":[null]}""", "ip_allow_list")]
    [InlineData("""{"name":"x","scopes":["tickets:read"],"ip_allow_list":["' or 1=1 --"]}""", "ip_allow_list")]
    [InlineData("""{"name":"x","scopes":["tickets:read"],"requests_per_hour":0}""", "requests_per_hour")]
    [InlineData("""{"name":"x","scopes":["tickets:read"],"requests_per_hour":-5}""", "requests_per_hour")]
    public async Task WhatNoKeyCanBe_IsRefusedByField(string body, params string[] fields)
    {
        using var answer = await PostAsync(Keys, body);
        Assert.Equal(fields.Order(), (await Problem.ReadAsync(answer, HttpStatusCode.UnprocessableEntity)).Errors.Keys.Order());
    }

    [Theory]
    [InlineData("status=gone")]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("cursor=x")]
    [InlineData("q=a%00b")]
    public async Task Query_ThatIsNone_Is400(string query)
    {
        using var answer = await _manager.GetAsync($"{Keys}?{query}");
        await Problem.ReadAsync(answer, HttpStatusCode.BadRequest);
    }

    private async Task AnswersAsync(string secret, HttpStatusCode expected)
    {
        foreach (var node in new[] { _here, _there })
        {
            await Until.TrueAsync($"the key is answered {expected}", async () =>
            {
                using var answer = await CallAsync(node, secret, null);
                return answer.StatusCode == expected;
            });
        }
    }

    private static async Task<HttpResponseMessage> CallAsync(PortalFactory node, string secret, string? from)
    {
        using var program = node.Call(secret);
        return await program.SendAsync(HttpMethod.Get, Tickets, null, from is null ? [] : [("X-Forwarded-For", from)]);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string? body, string? once = null) => SendAsync(HttpMethod.Post, path, body, once is null ? [] : [("Idempotency-Key", once)]);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, params (string, string)[] headers) =>
        _manager.SendAsync(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), headers);

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Every table of which a row holds the text, in any column.</summary>
    private async Task<List<string>> TablesHoldingAsync(string text)
    {
        await using var connection = new NpgsqlConnection(_database.SuperuserConnectionString);
        await connection.OpenAsync();
        List<string> tables = [], holding = [];
        await using (var names = new NpgsqlCommand("select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'", connection))
        await using (var reader = await names.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }
        foreach (var table in tables)
        {
#pragma warning disable CA2100 // Names from the catalogue.
            await using var search = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"select exists (select from \"{table}\" t where position($1 in t::text) > 0)"), connection);
#pragma warning restore CA2100
            search.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
            if (await search.ExecuteScalarAsync() is true)
                holding.Add(table);
        }
        return holding;
    }
}
