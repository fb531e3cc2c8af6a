using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Api;

/// <summary><c>/v1/webhooks</c> as a program uses it, from creation to recovery.</summary>
public sealed class WebhookApiTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private WebhookReceiver _receiver = null!;
    private PortalFactory _portal = null!;
    private Visitor _program = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _receiver = await WebhookReceiver.StartAsync();
        _portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { More = [WebhookReceiver.Allowed] });
        var acme = await _portal.Given.TenantAsync();
        _program = _portal.Call((await acme.ApiKeyAsync("webhooks:manage", "tickets:write")).Text);
    }

    public async Task DisposeAsync()
    {
        _program.Dispose();
        await _portal.DisposeAsync();
        await _receiver.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Webhook_FromCreationToDeletion_AnswersAsTheContractSays()
    {
        using var created = await _program.SendAsync(HttpMethod.Post, "/v1/webhooks", Json(new { url = _receiver.At("/hook"), events = new[] { "ticket.created" } }));
        var webhook = await ReadAsync(created, HttpStatusCode.Created);
        var path = $"/v1/webhooks/{webhook.GetProperty("id").GetString()}";
        Assert.Equal(path, created.Headers.Location!.OriginalString);
        Assert.StartsWith("whsec_", webhook.GetProperty("secret").GetString(), StringComparison.Ordinal);
        Assert.Equal(("v1", "enabled"), (webhook.GetProperty("scheme").GetString(), webhook.GetProperty("status").GetString()));

        using var read = await _program.GetAsync(path);
        Assert.False((await ReadAsync(read, HttpStatusCode.OK)).TryGetProperty("secret", out _));

        using var tested = await _program.SendAsync(HttpMethod.Post, $"{path}/test", Json(new { }), ("Idempotency-Key", "test-1"));
        var test = await ReadAsync(tested, HttpStatusCode.OK);
        using var again = await _program.SendAsync(HttpMethod.Post, $"{path}/test", Json(new { }), ("Idempotency-Key", "test-1"));
        Assert.Equal(test.GetProperty("id").GetString(), (await ReadAsync(again, HttpStatusCode.OK)).GetProperty("id").GetString());
        Assert.Single(_receiver.Received);
        Assert.Equal(("succeeded", "webhook.test", 204), (test.GetProperty("status").GetString(), test.GetProperty("event_type").GetString(), test.GetProperty("attempts")[0].GetProperty("status_code").GetInt32()));

        using var opened = await _program.SendAsync(HttpMethod.Post, "/v1/support/tickets", Json(new { subject = "Test", priority = "medium" }));
        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
        await Until.TrueAsync("the ticket is told", () => _receiver.Received.Count == 2);
        JsonElement delivery = default;
        await Until.TrueAsync("and recorded", async () =>
        {
            using var listed = await _program.GetAsync("/v1/webhooks/deliveries?status=succeeded&event_type=ticket.created");
            var items = (await ReadAsync(listed, HttpStatusCode.OK)).GetProperty("items");
            delivery = items.GetArrayLength() == 1 ? items[0] : default;
            return items.GetArrayLength() == 1;
        });
        Assert.Equal(_receiver.Received[1].Id, delivery.GetProperty("id").GetString());

        using var ever = await _program.GetAsync("/v1/webhooks/deliveries?status=succeeded&event_type=ticket.created&from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59.9999999Z");
        Assert.Equal(1, (await ReadAsync(ever, HttpStatusCode.OK)).GetProperty("items").GetArrayLength());

        using var replayed = await _program.SendAsync(HttpMethod.Post, $"/v1/webhooks/deliveries/{delivery.GetProperty("id").GetString()}/replay", Json(new { }));
        Assert.Equal("pending", (await ReadAsync(replayed, HttpStatusCode.Accepted)).GetProperty("status").GetString());
        await Until.TrueAsync("it is told again under its id", () => _receiver.Received.Count == 3 && _receiver.Received[2].Id == _receiver.Received[1].Id);

        using var rotated = await _program.SendAsync(HttpMethod.Post, $"{path}/rotate-secret", Json(new { }));
        Assert.NotEqual(webhook.GetProperty("secret").GetString(), (await ReadAsync(rotated, HttpStatusCode.OK)).GetProperty("secret").GetString());

        using var recovering = await _program.SendAsync(HttpMethod.Post, $"{path}/recover", Json(new { from = DateTimeOffset.MinValue }));
        var recovery = await ReadAsync(recovering, HttpStatusCode.Accepted);
        await Until.TrueAsync("the recovery is over", async () =>
        {
            using var answer = await _program.GetAsync($"{path}/recoveries/{recovery.GetProperty("id").GetString()}");
            return (await ReadAsync(answer, HttpStatusCode.OK)).GetProperty("status").GetString() == "completed";
        });

        using var deleted = await _program.SendAsync(HttpMethod.Delete, path);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await _program.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Target_ThatNothingIsSentTo_Is422AndNamesTheReason()
    {
        using var refused = await _program.SendAsync(HttpMethod.Post, "/v1/webhooks", Json(new { url = "https://169.254.169.254/latest/meta-data", events = new[] { "ticket.created" } }));
        var problem = await ReadAsync(refused, HttpStatusCode.UnprocessableEntity);
        Assert.Contains("169.254.169.254 is a link-local address", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventTypes_ListTheCatalogueWithSchemas()
    {
        using var answer = await _program.GetAsync("/v1/webhooks/event-types");
        var items = (await ReadAsync(answer, HttpStatusCode.OK)).GetProperty("items");
        Assert.Equal(21, items.GetArrayLength());
        Assert.All(items.EnumerateArray(), type => Assert.Equal("object", type.GetProperty("schema").GetProperty("type").GetString()));
    }

    private static JsonContent Json(object body) => JsonContent.Create(body);

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }
}
