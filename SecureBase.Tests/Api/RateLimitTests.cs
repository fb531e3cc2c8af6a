using System.Globalization;
using System.Net;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Access.Metering;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Api;

/// <summary>What callers hear of their limits.</summary>
public sealed class RateLimitTests : IAsyncLifetime
{
    private const string Tickets = "/v1/support/tickets";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 9, 20, 0, TimeSpan.Zero));
    private TestDatabase _database = null!;
    private PortalFactory _portal = null!;
    private GivenTenant _acme = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings
        {
            Clock = _clock, More = [("RequestLimits:FailuresPerMinute", "10"), ("RequestLimits:RecordedFailuresPerMinute", "4")],
        });
        _acme = await _portal.Given.TenantAsync(plan: Plan.Standard);
    }

    public async Task DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", Tickets, HttpStatusCode.OK)]
    [InlineData("GET", Tickets + "?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/v1/api-keys", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("DELETE", Tickets, HttpStatusCode.MethodNotAllowed)]
    public async Task EveryAnswerToAKey_SaysHowItsLimitsStand(string method, string path, HttpStatusCode expected)
    {
        using var api = _portal.Call((await KeyAsync(_acme, 500)).Text);
        for (var used = 1; used <= 2; used++)
        {
            using var answer = await api.SendAsync(HttpMethod.Parse(method), path);
            Assert.Equal(expected, answer.StatusCode);
            Assert.Equal(
                ("500", (500 - used).ToString(CultureInfo.InvariantCulture), "2400"),
                (Field(answer, "RateLimit-Limit"), Field(answer, "RateLimit-Remaining"), Field(answer, "RateLimit-Reset")));
            Assert.Equal($"\"key\";r={500 - used};t=2400", Field(answer, "RateLimit"));
            Assert.Equal("\"tenant\";q=1000;w=3600, \"key\";q=500;w=3600, \"burst\";q=1000000;w=10", Field(answer, "RateLimit-Policy"));
        }
    }

    [Fact]
    public async Task AnswerToNobody_SaysWhatTheAddressMayStillGetWrong()
    {
        using var nobody = _portal.Visit(TenantSlug.Api);
        using var answer = await nobody.GetAsync(Tickets);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(("10", "10", "\"address\";q=10;w=60"), (Field(answer, "RateLimit-Limit"), Field(answer, "RateLimit-Remaining"), Field(answer, "RateLimit-Policy")));
    }

    [Fact]
    public async Task AnOutage_SaysHowTheLimitsStandToo()
    {
        using var api = _portal.Call((await KeyAsync(_acme)).Text);
        using (var fine = await api.GetAsync(Tickets))
            Assert.Equal(HttpStatusCode.OK, fine.StatusCode);
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, "alter table tickets rename to tickets_gone");
        using var failed = await api.GetAsync(Tickets);
        await Problem.ReadAsync(failed, HttpStatusCode.InternalServerError);
        Assert.Equal("998", Field(failed, "RateLimit-Remaining"));
    }

    [Fact]
    public async Task UsedUpHour_Is429_NamesQuotaPlanAndRemedy_AndCostsNoQuery_WhileOthersAreServed()
    {
        await AgreeAsync(_acme, 5);
        var globex = await _portal.Given.TenantAsync();
        using var api = _portal.Call((await KeyAsync(_acme)).Text);
        using var other = _portal.Call((await KeyAsync(globex)).Text);
        await Until.TrueAsync("the agreed limit is known", async () => Field(await api.GetAsync(Tickets), "RateLimit-Limit") == "5");
        await Until.TrueAsync("all is used", async () => (await api.GetAsync(Tickets)).StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync(Tickets)).StatusCode);

        await using var locker = new NpgsqlConnection(_database.SuperuserConnectionString);
        await locker.OpenAsync();
        await using var transaction = await locker.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table request_allowances, api_keys, tenants, audit_entries, tickets in access exclusive mode", locker, transaction))
            await hold.ExecuteNonQueryAsync();
        for (var i = 0; i < 50; i++)
        {
            using var refused = await api.GetAsync(Tickets);
            var problem = await Problem.ReadAsync(refused, HttpStatusCode.TooManyRequests);
            Assert.Equal("api_quota_exceeded", problem.Code);
            Assert.Contains("5 API requests an hour", problem.Detail, StringComparison.Ordinal);
            Assert.Contains("standard", problem.Detail, StringComparison.Ordinal);
            Assert.Contains("40 minutes", problem.Detail, StringComparison.Ordinal);
            Assert.Equal(("2400", "0", "\"tenant\";r=0;t=2400"), (Field(refused, "Retry-After"), Field(refused, "RateLimit-Remaining"), Field(refused, "RateLimit")));
            Assert.Contains("\"violated_policies\":[\"tenant\"]", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        await transaction.RollbackAsync();

        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync(Tickets)).StatusCode);
        _clock.Advance(TimeSpan.FromMinutes(40));
        await Until.TrueAsync("the next hour has begun", async () => (await api.GetAsync(Tickets)).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task WhenNothingCanBeLeased_TheAnswerIs503()
    {
        using var api = _portal.Call((await KeyAsync(_acme)).Text);
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, "revoke all on request_allowances from securebase_app");
        using var refused = await api.GetAsync(Tickets);
        Assert.Equal("unavailable", (await Problem.ReadAsync(refused, HttpStatusCode.ServiceUnavailable)).Code);
        Assert.Equal("5", Field(refused, "Retry-After"));

        await Sql.ExecuteAsync(_database.SuperuserConnectionString, "grant select, insert, update, delete on request_allowances to securebase_app");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync("it is decided again", async () => (await api.GetAsync(Tickets)).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task BadKeysOfOneAddress_AreRefusedUnseenAfterTenAMinute_AndGoodOnesAreServed()
    {
        using var good = _portal.Call((await KeyAsync(_acme)).Text);
        Assert.Equal(HttpStatusCode.OK, (await good.GetAsync(Tickets)).StatusCode);
        for (var i = 0; i < 10; i++)
        {
            using var guess = await BadAsync(i);
            await Problem.ReadAsync(guess, HttpStatusCode.Unauthorized);
            Assert.Equal((9 - i).ToString(CultureInfo.InvariantCulture), Field(guess, "RateLimit-Remaining"));
        }

        using (var refused = await BadAsync(10))
        {
            Assert.Equal("too_many_failures", (await Problem.ReadAsync(refused, HttpStatusCode.TooManyRequests)).Code);
            Assert.Equal("6", Field(refused, "Retry-After"));
            Assert.False(refused.Headers.Contains("WWW-Authenticate"));
        }
        await using (var scope = _acme.SystemScope())
            scope.Get<ApiKeyDirectory>().Forget();
        Assert.Equal(HttpStatusCode.OK, (await good.GetAsync(Tickets)).StatusCode);
        _clock.Advance(TimeSpan.FromSeconds(6));
        await Until.TrueAsync("one may be tried again", async () => (await BadAsync(11)).StatusCode == HttpStatusCode.Unauthorized);

        Task<HttpResponseMessage> BadAsync(int i) => _portal.Call("sb_live_" + i.ToString(CultureInfo.InvariantCulture).PadLeft(43, 'A')).GetAsync(Tickets);
    }

    [Fact]
    public async Task ForeignKeys_FillNobodysAudit()
    {
        var globex = await _portal.Given.TenantAsync();
        var key = (await KeyAsync(globex)).Text;
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < 15; i++)
        {
            using var answer = await _portal.Call(key, _acme.Slug).GetAsync(Tickets);
            answers.Add(answer.StatusCode);
        }

        Assert.Equal((10, 5), (answers.Count(a => a == HttpStatusCode.Forbidden), answers.Count(a => a == HttpStatusCode.TooManyRequests)));
        Assert.Equal(4L, await Sql.ScalarAsync(_database.SuperuserConnectionString, $"select count(*) from audit_entries where tenant_id = '{_acme.Id}' and action = 'access.tenant_mismatch'"));
    }

    [Fact]
    public void Addresses_ShareALimitByNetwork()
    {
        using var limits = new FailureLimits(Microsoft.Extensions.Options.Options.Create(new RequestLimitOptions { FailuresPerMinute = 2 }), _clock);
        foreach (var address in new[] { "2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "203.0.113.7", "::ffff:203.0.113.7" })
            limits.Count(IPAddress.Parse(address));
        Assert.True(limits.IsExhausted(IPAddress.Parse("2001:db8:0:1::3")));
        Assert.True(limits.IsExhausted(IPAddress.Parse("203.0.113.7")));
        Assert.False(limits.IsExhausted(IPAddress.Parse("2001:db8:0:2::1")));
        Assert.False(limits.IsExhausted(IPAddress.Parse("203.0.113.8")));
        Assert.Equal(TimeSpan.FromSeconds(30), limits.Stand(IPAddress.Parse("203.0.113.7")).ResetsIn);
    }

    private static string? Field(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;

    private static async Task<CreatedApiKey> KeyAsync(GivenTenant tenant, int? ofItsOwn = null)
    {
        await using var scope = tenant.SystemScope();
        return (await scope.Get<ApiKeyService>().CreateAsync(new NewApiKey { Name = "a test", Scopes = ["tickets:read"], RequestsPerHour = ofItsOwn }, CancellationToken.None)).Value;
    }

    private async Task AgreeAsync(GivenTenant tenant, int requestsPerHour)
    {
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, string.Create(CultureInfo.InvariantCulture, $"update tenants set api_requests_quota = {requestsPerHour} where id = '{tenant.Id}'"));
        await using var scope = tenant.SystemScope();
        scope.Get<TenantDirectory>().Forget(tenant.Id);
    }
}
