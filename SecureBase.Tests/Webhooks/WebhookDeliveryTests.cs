using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Signing;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

/// <summary>What arrives at a receiver, and what the log says of it.</summary>
public sealed class WebhookDeliveryTests : IAsyncLifetime
{
    private WebhookScene _scene = null!;

    public async Task InitializeAsync() => _scene = await WebhookScene.StartAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Event_ArrivesSignedOverTheExactBytesThatTheLogShows()
    {
        var webhook = await _scene.CreateAsync();
        var ticket = await _scene.Ada.OpenTicketAsync("Der Zähler steht");

        await _scene.EndedAsync(1);
        var received = Assert.Single(_scene.Receiver.Received);
        var delivery = await _scene.ReadDeliveryAsync(Guid.Parse(received.Id));
        Assert.Equal((webhook.Webhook.Id, "ticket.created", DeliveryStatus.Succeeded), (delivery.WebhookId, delivery.EventType, delivery.Status));
        Assert.Equal(_scene.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), received.Timestamp);
        Assert.Equal([Hmac(webhook.Secret, received)], received.Signatures);
        Assert.Equal("application/json", received.Headers["Content-Type"]);

        using var body = JsonDocument.Parse(received.Body);
        Assert.Equal(["type", "timestamp", "data"], body.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("ticket.created", "2026-03-02T09:00:00Z", ticket.Number, "Der Zähler steht"),
            (body.RootElement.GetProperty("type").GetString(), body.RootElement.GetProperty("timestamp").GetString(), body.RootElement.GetProperty("data").GetProperty("number").GetString(), body.RootElement.GetProperty("data").GetProperty("subject").GetString()));

        var attempt = Assert.Single(delivery.Attempts);
        Assert.Equal((1, 204, AttemptOutcome.Succeeded), (attempt.Number, attempt.StatusCode, attempt.Outcome));
        Assert.Null(attempt.Error);
        Assert.Equal($"{received.Id}.{received.Timestamp}.{Encoding.UTF8.GetString(received.Body)}", attempt.Exchange!.SignedContent);
        Assert.Contains(attempt.Exchange.RequestHeaders, h => h.Name == "webhook-signature" && h.Value == received.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task SchemeV1a_CarriesAnEd25519SignatureOfThePublishedKey()
    {
        var webhook = await _scene.CreateAsync(new NewWebhook { Events = ["ticket.created"], Scheme = SignatureScheme.V1a });
        Assert.StartsWith("whpk_", webhook.Secret, StringComparison.Ordinal);
        Assert.Equal(webhook.Secret, (await _scene.ReadAsync(webhook.Webhook.Id)).PublicKey);

        await _scene.Ada.OpenTicketAsync();

        await _scene.EndedAsync(1);
        var signature = Assert.Single(Assert.Single(_scene.Receiver.Received).Signatures);
        Assert.StartsWith("v1a,", signature, StringComparison.Ordinal);
        Assert.Equal(Ed25519Key.SignatureSize, Convert.FromBase64String(signature[4..]).Length);
    }

    [Fact]
    public async Task Rotation_ForTwentyFourHoursBothSecretsSign_ThenTheNewOneAlone()
    {
        var webhook = await _scene.CreateAsync();
        var rotated = (await _scene.DoAsync<WebhookEndpointService, WebhookWithSecret>(webhooks => webhooks.RotateAsync(webhook.Webhook.Id, CancellationToken.None))).Value;
        await _scene.Ada.OpenTicketAsync();
        await _scene.EndedAsync(1);
        var during = Assert.Single(_scene.Receiver.Received);
        Assert.Equal([Hmac(rotated.Secret, during), Hmac(webhook.Secret, during)], during.Signatures);

        _scene.Clock.Advance(WebhookEndpoint.Overlap);
        await _scene.Ada.OpenTicketAsync();
        await _scene.EndedAsync(2);
        var after = _scene.Receiver.Received[1];
        Assert.Equal([Hmac(rotated.Secret, after)], after.Signatures);
    }

    [Fact]
    public async Task Delivery_TellsTracesNothingOfTheAddress_AndTheReceiverNothingOfTraces()
    {
        var path = $"/secret-{Guid.CreateVersion7():N}";
        List<string> traced = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("System.Net.Http", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (traced)
                    traced.AddRange(activity.TagObjects.Select(tag => $"{tag.Value}"));
            },
        };
        ActivitySource.AddActivityListener(listener);
        await _scene.CreateAsync(path: path);
        await _scene.Ada.OpenTicketAsync();
        await _scene.EndedAsync(1);

        Assert.DoesNotContain("traceparent", Assert.Single(_scene.Receiver.Received).Headers.Keys);
        lock (traced)
            Assert.DoesNotContain(traced, tag => tag.Contains(path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Filter_OnlyWhatItNamesIsSent_AndEndpointsDoNotShareIt()
    {
        await _scene.CreateAsync(new NewWebhook { Events = ["ticket.updated"] }, "/updated");
        await _scene.CreateAsync(new NewWebhook { Events = ["ticket.created", "ticket.updated"] }, "/both");
        var ticket = await _scene.Ada.OpenTicketAsync();
        await _scene.UpdateAsync(ticket, "Another subject");

        await _scene.EndedAsync(3);
        Assert.Equal(["/both", "/both", "/updated"], _scene.Receiver.Received.Select(r => r.Path).Order());
        Assert.Equal(3, _scene.Receiver.Received.Select(r => r.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("X-Api-Token")]
    [InlineData("authorization")]
    [InlineData("REFERER")]
    public async Task CustomHeaders_AreSent_AndTheirValuesAreNowhereToBeRead(string name)
    {
        await _scene.CreateAsync(new NewWebhook { Events = ["ticket.created"], Headers = new Dictionary<string, string> { [name] = "very-hidden" } });
        await _scene.Ada.OpenTicketAsync();

        await _scene.EndedAsync(1);
        Assert.Equal("very-hidden", Assert.Single(_scene.Receiver.Received).Headers[name]);
        var exchange = (await _scene.ReadDeliveryAsync((await _scene.LogAsync()).Single().Id)).Attempts.Single().Exchange!;
        Assert.Equal("(not shown)", Assert.Single(exchange.RequestHeaders, h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value);
        Assert.DoesNotContain("very-hidden", JsonSerializer.Serialize(exchange), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "The receiver answered 301 Moved Permanently. Redirects are not followed: enter the address it leads to.")]
    [InlineData(307, "The receiver answered 307 Temporary Redirect. Redirects are not followed: enter the address it leads to.")]
    [InlineData(404, "The receiver answered 404 Not Found.")]
    [InlineData(500, "The receiver answered 500 Internal Server Error.")]
    [InlineData(599, "The receiver answered 599.")]
    public async Task Answer_OtherThan2xx_IsAFailureInWords_AndIsNotFollowed(int status, string error)
    {
        _scene.Receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = _scene.Receiver.At("/elsewhere").AbsoluteUri;
            return Task.CompletedTask;
        };
        await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();

        await _scene.AttemptsAsync(1);
        var delivery = Assert.Single(await _scene.LogAsync());
        Assert.Equal((DeliveryStatus.Pending, status, error), (delivery.Status, delivery.Attempts.Single().StatusCode, delivery.Attempts.Single().Error));
        Assert.NotNull(delivery.NextAttemptAt);
        Assert.Equal(["/hook"], _scene.Receiver.Received.Select(r => r.Path));
    }

    [Fact]
    public async Task Answer_LongerThanIsKept_IsCutAtTwentyThousandBytes()
    {
        _scene.Receiver.Answer = (_, http) => http.Response.WriteAsync(new string('x', 1_000_000));
        await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();

        await _scene.EndedAsync(1);
        var exchange = (await _scene.ReadDeliveryAsync((await _scene.LogAsync()).Single().Id)).Attempts.Single().Exchange!;
        Assert.Equal((20_000, true), (exchange.ResponseBody.Length, exchange.ResponseTruncated));
    }

    [Fact]
    public async Task NoAnswer_EndsAtTheTimeout_AndTheLogStillShowsWhatWasSent()
    {
        var stuck = new TaskCompletionSource();
        _scene.Receiver.Answer = (_, _) => stuck.Task;
        await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();
        await Until.TrueAsync("the request has arrived", () => _scene.Receiver.Received.Count == 1);

        _scene.Clock.Advance(TimeSpan.FromSeconds(15));

        await _scene.AttemptsAsync(1);
        stuck.SetResult();
        var attempt = (await _scene.ReadDeliveryAsync((await _scene.LogAsync()).Single().Id)).Attempts.Single();
        Assert.Equal("No answer within 15 seconds.", attempt.Error);
        Assert.NotEmpty(attempt.Exchange!.RequestHeaders);
    }

    [Fact]
    public async Task Retry_KeepsIdAndBody_AndSignsItsOwnTime()
    {
        _scene.Receiver.AnswerWith(500);
        var webhook = await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();
        await _scene.AttemptsAsync(1);

        _scene.Receiver.AnswerWith(200);
        _scene.Clock.Advance(TimeSpan.FromSeconds(7));

        await _scene.EndedAsync(1);
        var (first, second) = (_scene.Receiver.Received[0], _scene.Receiver.Received[1]);
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(first.Body, second.Body);
        Assert.NotEqual(first.Timestamp, second.Timestamp);
        Assert.Equal([Hmac(webhook.Secret, second)], second.Signatures);
    }

    [Theory]
    [InlineData("3600", 3_600)]
    [InlineData("Mon, 02 Mar 2026 09:30:00 GMT", 1_800)]
    [InlineData("864000", 86_400)]
    public async Task RetryAfter_IsHonouredUpToADay(string header, int seconds)
    {
        _scene.Receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        };
        await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();

        await _scene.AttemptsAsync(1);
        Assert.Equal(_scene.Clock.GetUtcNow().AddSeconds(seconds), Assert.Single(await _scene.LogAsync()).NextAttemptAt);
    }

    [Fact]
    public async Task Test_WaitsForItsAttempt_GoesToThatEndpointAlone_AndPastAPause()
    {
        await _scene.CreateAsync(new NewWebhook { Events = ["ticket.created", "webhook.test"] }, "/other");
        var webhook = await _scene.CreateAsync();
        await _scene.EditAsync(webhook.Webhook.Id, new EditWebhook { Status = EndpointStatus.Paused });

        var tested = (await _scene.DoAsync<WebhookDeliveryService, WebhookDeliveryView>(log => log.TestAsync(webhook.Webhook.Id, CancellationToken.None))).Value;

        Assert.Equal((DeliveryStatus.Succeeded, 204), (tested.Status, tested.Attempts.Single().StatusCode));
        Assert.Equal(["/hook"], _scene.Receiver.Received.Select(r => r.Path));
        Assert.Equal("webhook.test", JsonDocument.Parse(_scene.Receiver.Received[0].Body).RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Test_WhileAnotherOfTheEndpointIsUnderWay_IsRefused()
    {
        var answer = new TaskCompletionSource();
        _scene.Receiver.Answer = (_, _) => answer.Task;
        var webhook = await _scene.CreateAsync();
        var other = await _scene.CreateAsync();
        var first = TestAsync(webhook);
        await Until.TrueAsync("the first test has arrived", () => _scene.Receiver.Received.Count == 1);

        Assert.Equal("test_under_way", (await TestAsync(webhook)).Error?.Code);
        var elsewhere = TestAsync(other);
        answer.SetResult();

        Assert.Equal([DeliveryStatus.Succeeded, DeliveryStatus.Succeeded], [(await first).Value.Status, (await elsewhere).Value.Status]);
        Assert.True((await TestAsync(webhook)).IsSuccess);

        Task<Result<WebhookDeliveryView>> TestAsync(WebhookWithSecret made) =>
            _scene.DoAsync<WebhookDeliveryService, WebhookDeliveryView>(log => log.TestAsync(made.Webhook.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Address_ThatIsChanged_IsNotHeldBackForTheOldOne()
    {
        _scene.Receiver.Answer = (received, http) =>
        {
            http.Response.StatusCode = received.Path == "/moved" ? 204 : 429;
            http.Response.Headers.RetryAfter = "86400";
            return Task.CompletedTask;
        };
        var webhook = await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();
        await _scene.AttemptsAsync(1);
        Assert.NotNull((await _scene.LaneAsync(webhook.Webhook.Id)).HeldUntil);

        await _scene.EditAsync(webhook.Webhook.Id, new EditWebhook { Url = _scene.Receiver.At("/moved").AbsoluteUri });
        await _scene.Ada.OpenTicketAsync();

        await Until.TrueAsync("the new address got the new event", () => _scene.Receiver.Received.Any(r => r.Path == "/moved"));
        Assert.Null((await _scene.LaneAsync(webhook.Webhook.Id)).FailingSince);
    }

    [Fact]
    public async Task Answer_WithEndlessHeaders_IsKeptInPart()
    {
        _scene.Receiver.Answer = (_, http) =>
        {
            for (var i = 0; i < 12; i++)
                http.Response.Headers[$"X-Long-{i}"] = new string('x', 1_000);
            return Task.CompletedTask;
        };
        await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();
        await _scene.EndedAsync(1);

        var exchange = (await _scene.ReadDeliveryAsync((await _scene.LogAsync()).Single().Id)).Attempts.Single().Exchange!;
        Assert.True(exchange.ResponseTruncated);
        Assert.InRange(exchange.ResponseHeaders.Sum(h => h.Name.Length + h.Value.Length), 5_000, HttpExchange.MaxResponseHeaders);
    }

    [Fact]
    public async Task Test_ThatFails_IsOverAfterOneAttempt()
    {
        _scene.Receiver.AnswerWith(500);
        var webhook = await _scene.CreateAsync();

        var tested = (await _scene.DoAsync<WebhookDeliveryService, WebhookDeliveryView>(log => log.TestAsync(webhook.Webhook.Id, CancellationToken.None))).Value;

        Assert.Equal((DeliveryStatus.Failed, "The receiver answered 500 Internal Server Error."), (tested.Status, tested.Attempts.Single().Error));
        Assert.Null((await _scene.LaneAsync(webhook.Webhook.Id)).FailingSince);
    }

    [Fact]
    public async Task Replay_OfASuccess_SendsTheSameIdAgain()
    {
        await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();
        await _scene.EndedAsync(1);
        var delivery = (await _scene.LogAsync()).Single();

        var replayed = await _scene.DoAsync<WebhookDeliveryService, WebhookDeliveryView>(log => log.ReplayAsync(delivery.Id, CancellationToken.None));
        Assert.Equal(DeliveryStatus.Pending, replayed.Value.Status);
        _scene.Clock.Advance(TimeSpan.FromSeconds(1));

        await Until.TrueAsync("it has arrived twice", () => _scene.Receiver.Received.Count == 2);
        await _scene.EndedAsync(1);
        Assert.Single(_scene.Receiver.Received.Select(r => r.Id).Distinct());
        Assert.Equal([1, 2], (await _scene.LogAsync()).Single().Attempts.Select(a => a.Number));
    }

    private static string Hmac(string secret, ReceivedWebhook received)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes($"{received.Id}.{received.Timestamp}."), .. received.Body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), content))}";
    }
}
