using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Api;

public sealed class IdempotencyTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Tickets = "/v1/support/tickets";
    private const string Body = """{"subject":"Ünïcode <b> & 🚀","description":"a\nb","tags":["z","a"]}""";

    [Fact]
    public async Task ARepeat_GetsTheFirstAnswerByteForByte()
    {
        using var api = await CallAsync();
        using var first = await PostAsync(api, Tickets, Body, "a-key");
        using var second = await PostAsync(api, Tickets, Body, "a-key");
        using var third = await PostAsync(api, Tickets, Body, "a-key");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        foreach (var repeat in new[] { second, third })
        {
            Assert.Equal(first.StatusCode, repeat.StatusCode);
            Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await repeat.Content.ReadAsByteArrayAsync());
            Assert.Equal("true", Assert.Single(repeat.Headers.GetValues("Idempotency-Replayed")));
            Assert.Equal(Headers(first), Headers(repeat));
        }

        Assert.Equal(1, await CountAsync(api));
    }

    [Fact]
    public async Task ARepeat_AfterTheTicketChanged_StillGetsTheFirstAnswer()
    {
        using var api = await CallAsync();
        using var first = await PostAsync(api, Tickets, Body, "a-key");
        using var comment = await PostAsync(api, first.Headers.Location!.OriginalString + "/comments", """{"body":"more"}""", null);
        Assert.Equal(HttpStatusCode.Created, comment.StatusCode);
        using var second = await PostAsync(api, Tickets, Body, "a-key");
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal("\"1\"", second.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task AComment_IsWrittenOnce()
    {
        using var api = await CallAsync();
        using var ticket = await PostAsync(api, Tickets, Body, null);
        var comments = ticket.Headers.Location!.OriginalString + "/comments";
        using var first = await PostAsync(api, comments, """{"body":"once"}""", "a-key");
        using var second = await PostAsync(api, comments, """{"body":"once"}""", "a-key");
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        using var list = await api.GetAsync(comments);
        Assert.Single(JsonSerializer.Deserialize<JsonElement>(await list.Content.ReadAsStringAsync()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task TheSameKeyWithAnotherRequest_Is422()
    {
        using var api = await CallAsync();
        using var first = await PostAsync(api, Tickets, Body, "a-key");
        foreach (var (path, body) in new[] { (Tickets, """{"subject":"Another"}"""), (Tickets + "?x=1", Body), (first.Headers.Location!.OriginalString + "/comments", """{"body":"x"}""") })
        {
            using var second = await PostAsync(api, path, body, "a-key");
            var problem = await Problem.ReadAsync(second, HttpStatusCode.UnprocessableEntity);
            Assert.Equal("idempotency_key_reused", problem.Code);
            Assert.Contains("idempotency-key", problem.Errors);
        }
        Assert.Equal(1, await CountAsync(api));
    }

    [Fact]
    public async Task TheSameKeyOfAnotherCaller_IsAnotherKey()
    {
        var tenant = await fixture.Given.TenantAsync();
        using var one = await CallAsync(tenant);
        using var two = await CallAsync(tenant);
        using var three = await CallAsync();
        List<string> answers = [];
        foreach (var api in new[] { one, two, three })
        {
            using var answer = await PostAsync(api, Tickets, Body, "a-key");
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Idempotency-Replayed"));
            answers.Add(await answer.Content.ReadAsStringAsync());
        }
        Assert.Equal(3, answers.Distinct().Count());
    }

    [Fact]
    public async Task ARefusedRequest_IsNotRemembered()
    {
        using var api = await CallAsync();
        using var refused = await PostAsync(api, Tickets, """{"subject":"ab"}""", "a-key");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        using var mended = await PostAsync(api, Tickets, Body, "a-key");
        Assert.Equal(HttpStatusCode.Created, mended.StatusCode);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("nönascii")]
    [InlineData("256")]
    public async Task AMalformedKey_Is422(string key)
    {
        using var api = await CallAsync();
        using var answer = await PostAsync(api, Tickets, Body, key == "256" ? new string('k', 256) : key);
        Assert.Contains("idempotency-key", (await Problem.ReadAsync(answer, HttpStatusCode.UnprocessableEntity)).Errors);
        Assert.Equal(0, await CountAsync(api));
    }

    [Fact]
    public async Task ManyAtOnce_CarryItOutOnce()
    {
        using var api = await CallAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PostAsync(api, Tickets, Body, "a-key")));
        foreach (var answer in answers)
        {
            if (answer.StatusCode != HttpStatusCode.Created)
                Assert.Equal("idempotency_key_in_use", (await Problem.ReadAsync(answer, HttpStatusCode.Conflict)).Code);
        }
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Single(answers.Where(a => a.StatusCode == HttpStatusCode.Created).Select(a => a.Headers.Location).Distinct());
        Assert.Equal(1, await CountAsync(api));

        using var repeat = await PostAsync(api, Tickets, Body, "a-key");
        Assert.Equal(HttpStatusCode.Created, repeat.StatusCode);
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task AfterADay_TheKeyIsFreeAgain()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        var clock = new ShiftedClock();
        await using var portal = await PortalFactory.StartAsync(database.Connections, new PortalSettings { Services = services => services.AddSingleton<TimeProvider>(clock) });
        using var api = portal.Call((await (await portal.Given.TenantAsync()).ApiKeyAsync("tickets:read", "tickets:write")).Text);
        using var first = await PostAsync(api, Tickets, Body, "a-key");
        clock.Shift = TimeSpan.FromHours(23.9);
        using var within = await PostAsync(api, Tickets, Body, "a-key");
        Assert.Equal(first.Headers.Location, within.Headers.Location);
        clock.Shift = TimeSpan.FromHours(24.1);
        using var after = await PostAsync(api, Tickets, Body, "a-key");
        Assert.Equal(HttpStatusCode.Created, after.StatusCode);
        Assert.NotEqual(first.Headers.Location, after.Headers.Location);
    }

    private static List<string> Headers(HttpResponseMessage answer) =>
        [.. answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Date" or "Idempotency-Replayed") && !h.Key.StartsWith("RateLimit", StringComparison.Ordinal)).Select(h => $"{h.Key}: {string.Join(", ", h.Value)}").Order()];

    private async Task<Visitor> CallAsync(GivenTenant? tenant = null) =>
        fixture.Portal.Call((await (tenant ?? await fixture.Given.TenantAsync()).ApiKeyAsync("tickets:read", "tickets:write")).Text);

    private static async Task<int> CountAsync(Visitor api)
    {
        using var answer = await api.GetAsync(Tickets);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("items").GetArrayLength();
    }

    private static Task<HttpResponseMessage> PostAsync(Visitor api, string path, string body, string? key) =>
        api.SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"), key is null ? [] : [("Idempotency-Key", key)]);

    /// <summary>The system's time, moved: what waits still wakes up, and a later hour is a later hour.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        internal TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
