using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Core.Webhooks.Sending;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

/// <summary>When things are sent: pause, limit, order, breaker, the end of an endpoint, and recovery.</summary>
public sealed class WebhookPaceTests : IAsyncLifetime
{
    private WebhookScene _scene = null!;

    public async Task InitializeAsync() => _scene = await WebhookScene.StartAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Pause_KeepsWhatHappens_AndGoingOnDeliversIt()
    {
        var webhook = await _scene.CreateAsync();
        await _scene.EditAsync(webhook.Webhook.Id, new EditWebhook { Status = EndpointStatus.Paused });
        await _scene.Ada.OpenTicketAsync();
        await Until.TrueAsync("it is queued", async () => (await _scene.LogAsync()).Count == 1);
        _scene.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(_scene.Receiver.Received);

        await _scene.EditAsync(webhook.Webhook.Id, new EditWebhook { Status = EndpointStatus.Enabled });
        _scene.Clock.Advance(TimeSpan.FromSeconds(1));

        await _scene.EndedAsync(1);
        Assert.Single(_scene.Receiver.Received);
    }

    [Fact]
    public async Task RateLimit_NoMoreThanItInASecond_AndNothingIsLost()
    {
        var webhook = await _scene.CreateAsync(new NewWebhook { Events = ["ticket.created"], RateLimit = 2 });
        for (var i = 0; i < 7; i++)
            await _scene.Ada.OpenTicketAsync();
        await Until.TrueAsync("all are queued", async () => (await _scene.LogAsync()).Count == 7);

        await _scene.EndedAsync(2);
        Assert.InRange((await _scene.LaneAsync(webhook.Webhook.Id)).Allowance, 0, 0.99);
        for (var sent = 4; sent < 8; sent += 2)
        {
            _scene.Clock.Advance(TimeSpan.FromSeconds(1));
            await _scene.EndedAsync(Math.Min(sent, 7));
        }
        _scene.Clock.Advance(TimeSpan.FromSeconds(1));
        await _scene.EndedAsync(7);
        Assert.Equal(7, _scene.Receiver.Received.Count);
    }

    [Fact]
    public async Task Ordered_AFailureHoldsUpItsOwnSubjectAlone_AndTheOrderIsKept()
    {
        await _scene.CreateAsync(new NewWebhook { Events = ["ticket.created", "ticket.updated"], Ordered = true });
        var stuck = await _scene.Ada.OpenTicketAsync("Stuck");
        await _scene.EndedAsync(1);
        _scene.Receiver.Answer = (received, http) =>
        {
            http.Response.StatusCode = received.Body.AsSpan().IndexOf("Other"u8) >= 0 ? 200 : 500;
            return Task.CompletedTask;
        };
        await _scene.UpdateAsync(stuck, "Stuck 1");
        await _scene.UpdateAsync(stuck, "Stuck 2");
        await _scene.UpdateAsync(stuck, "Stuck 3");
        await _scene.Ada.OpenTicketAsync("Other");

        await _scene.EndedAsync(2);
        await Until.TrueAsync("the first of the subject was tried", async () => (await _scene.LogAsync()).Count(d => d.Status == DeliveryStatus.Pending && d.Attempts.Count > 0) == 1);
        Assert.Equal(2, (await _scene.LogAsync()).Count(d => d is { Status: DeliveryStatus.Pending, NextAttemptAt: null, Attempts.Count: 0 }));

        _scene.Receiver.AnswerWith(200);
        _scene.Clock.Advance(TimeSpan.FromSeconds(7));
        await _scene.EndedAsync(5);
        var told = _scene.Receiver.Received.Select(r => System.Text.Encoding.UTF8.GetString(r.Body)).Where(body => body.Contains("ticket.updated", StringComparison.Ordinal))
            .Select(body => Enumerable.Range(1, 3).Single(i => body.Contains($"Stuck {i}", StringComparison.Ordinal)));
        Assert.Equal([1, 1, 2, 3], told);
    }

    [Fact]
    public async Task Breaker_OpensAfterTenFailures_LetsOneThroughAfterThirtySeconds_AndClosesOnSuccess()
    {
        _scene.Receiver.AnswerWith(500);
        var webhook = await _scene.CreateAsync();
        for (var i = 0; i < EndpointHealth.MinRequests; i++)
            await _scene.Ada.OpenTicketAsync();
        await _scene.AttemptsAsync(EndpointHealth.MinRequests);
        var open = await _scene.LaneAsync(webhook.Webhook.Id);
        Assert.Equal((true, _scene.Clock.GetUtcNow() + EndpointHealth.OpenFor), (open.HalfOpen, open.HeldUntil));

        _scene.Clock.Advance(TimeSpan.FromSeconds(20));
        await _scene.Ada.OpenTicketAsync();
        await Until.TrueAsync("it is queued", async () => (await _scene.LogAsync()).Count == EndpointHealth.MinRequests + 1);
        Assert.Equal(EndpointHealth.MinRequests, _scene.Receiver.Received.Count);

        _scene.Clock.Advance(TimeSpan.FromSeconds(11));
        await _scene.AttemptsAsync(EndpointHealth.MinRequests + 1);
        Assert.Equal(EndpointHealth.MinRequests + 1, _scene.Receiver.Received.Count);

        _scene.Receiver.AnswerWith(200);
        _scene.Clock.Advance(TimeSpan.FromSeconds(31));
        // The one that was let through and failed waits for its third attempt.
        await _scene.EndedAsync(EndpointHealth.MinRequests);
        var closed = await _scene.LaneAsync(webhook.Webhook.Id);
        Assert.Equal((false, null, null), (closed.HalfOpen, closed.HeldUntil, closed.FailingSince));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(504)]
    public async Task Overload_SlowsTheWholeEndpointDown(int status)
    {
        _scene.Receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = "120";
            return Task.CompletedTask;
        };
        var webhook = await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();
        await _scene.AttemptsAsync(1);
        Assert.Equal(_scene.Clock.GetUtcNow().AddSeconds(120), (await _scene.LaneAsync(webhook.Webhook.Id)).HeldUntil);

        await _scene.Ada.OpenTicketAsync();
        await Until.TrueAsync("it is queued", async () => (await _scene.LogAsync()).Count == 2);
        _scene.Clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Single(_scene.Receiver.Received);
    }

    [Fact]
    public async Task Gone_DisablesTheEndpoint_EndsWhatWaits_AndTellsTheOthers()
    {
        await _scene.CreateAsync(new NewWebhook { Events = ["webhook.endpoint_disabled"] }, "/watcher");
        _scene.Receiver.Answer = (received, http) =>
        {
            http.Response.StatusCode = received.Path == "/watcher" ? 200 : 410;
            return Task.CompletedTask;
        };
        var webhook = await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();

        await Until.TrueAsync("it is disabled", async () => (await _scene.ReadAsync(webhook.Webhook.Id)).Status == EndpointStatus.Disabled);
        Assert.Contains("410", (await _scene.ReadAsync(webhook.Webhook.Id)).DisabledReason, StringComparison.Ordinal);
        await Until.TrueAsync("the other endpoint was told", () => _scene.Receiver.Received.Any(r => r.Path == "/watcher"));

        await _scene.Ada.OpenTicketAsync();
        await Until.TrueAsync("what happens now ends as failed", async () => (await _scene.LogAsync(new WebhookDeliveryQuery { WebhookId = webhook.Webhook.Id })).Count(d => d.Status == DeliveryStatus.Failed) == 2);
        Assert.Single(_scene.Receiver.Received, r => r.Path == "/hook");
    }

    [Fact]
    public async Task Recovery_SendsEverythingThatFailed_UnderItsOwnIds_AndSaysHowFarItIs()
    {
        var webhook = await _scene.CreateAsync();
        await FailAllAsync(webhook.Webhook.Id, 3);
        var failed = (await _scene.LogAsync()).Select(d => d.Id.ToString()).Order().ToList();
        _scene.Receiver.AnswerWith(200);
        await _scene.EditAsync(webhook.Webhook.Id, new EditWebhook { Status = EndpointStatus.Enabled });

        var begun = (await _scene.DoAsync<WebhookRecoveryService, RecoveryView>(r => r.BeginAsync(webhook.Webhook.Id, new RecoverDeliveries { From = _scene.Clock.GetUtcNow().AddDays(-1) }, CancellationToken.None))).Value;
        Assert.Equal("recovery_under_way", (await _scene.DoAsync<WebhookRecoveryService, RecoveryView>(r => r.BeginAsync(webhook.Webhook.Id, new RecoverDeliveries { From = _scene.Clock.GetUtcNow().AddDays(-1) }, CancellationToken.None))).Error!.Code);
        _scene.Clock.Advance(TimeSpan.FromSeconds(1));

        await Until.TrueAsync("the recovery is over", async () =>
            (await _scene.DoAsync<WebhookRecoveryService, RecoveryView>(r => r.GetAsync(webhook.Webhook.Id, begun.Id, CancellationToken.None))).Value is { Status: RecoveryStatus.Completed, Total: 3, Recovered: 3 });
        _scene.Clock.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync("all have arrived", async () => (await _scene.LogAsync()).All(d => d.Status == DeliveryStatus.Succeeded));
        Assert.Equal(failed, _scene.Receiver.Received.TakeLast(3).Select(r => r.Id).Order());
    }

    [Fact]
    public async Task FiveDaysWithoutASuccess_DisableTheEndpoint_AndItsPeopleAreMailed()
    {
        _scene.Receiver.AnswerWith(500);
        var webhook = await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();
        await _scene.AttemptsAsync(1);
        await SweepAsync(_scene);
        Assert.Equal(EndpointStatus.Enabled, (await _scene.ReadAsync(webhook.Webhook.Id)).Status);

        await _scene.ExecuteAsync("update delivery_lanes set failing_since = failing_since - interval '5 days'");
        _scene.Clock.Advance(TimeSpan.FromSeconds(7));
        await _scene.AttemptsAsync(2);
        // A clock that jumps leaves the node unsure for a moment which tenants there are, and mail would wait a minute for it.
        await Until.TrueAsync("the node knows its tenants again", () => _scene.Portal.Services.GetRequiredService<IFreshness>().IsFresh);
        await SweepAsync(_scene);

        Assert.Equal((EndpointStatus.Disabled, "Every attempt failed for 5 days; the last one: The receiver answered 500 Internal Server Error."),
            ((await _scene.ReadAsync(webhook.Webhook.Id)).Status, (await _scene.ReadAsync(webhook.Webhook.Id)).DisabledReason));
        await Until.TrueAsync("the admin's mail was attempted", async () => (await _scene.ScalarAsync("select coalesce(a.error, 'sent') from deliveries d join delivery_attempts a on a.delivery_id = d.id where d.channel = 'mail'")) is not null);
        Assert.Equal("sent", await _scene.ScalarAsync("select coalesce(a.error, 'sent') from deliveries d join delivery_attempts a on a.delivery_id = d.id where d.channel = 'mail'"));
        await Until.TrueAsync("the admin is mailed", () => Directory.Exists(Path.Combine(_scene.Portal.DataDirectory, "mail"))
            && Directory.EnumerateFiles(Path.Combine(_scene.Portal.DataDirectory, "mail"), "*.eml", SearchOption.AllDirectories).Any(file => File.ReadAllText(file).Contains("A webhook endpoint was disabled", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task HundredthDeliveryInARowThatUsedUpItsAttempts_DisablesTheEndpoint()
    {
        await using var scene = await WebhookScene.StartAsync(("Webhooks:RetrySchedule", "00:01:00"));
        scene.Receiver.AnswerWith(500);
        var webhook = (await scene.CreateAsync()).Webhook.Id;
        await GiveUpAsync(1);
        Assert.Equal(1, (await scene.LaneAsync(webhook)).Exhausted);
        scene.Receiver.AnswerWith(200);
        await scene.Ada.OpenTicketAsync();
        await scene.EndedAsync(2);
        Assert.Equal(0, (await scene.LaneAsync(webhook)).Exhausted);

        scene.Receiver.AnswerWith(500);
        await scene.ExecuteAsync($"update delivery_lanes set exhausted = {DeadEndpoints.MaxExhausted - 2}");
        await GiveUpAsync(3);
        await SweepAsync(scene);
        Assert.Equal(EndpointStatus.Enabled, (await scene.ReadAsync(webhook)).Status);
        await GiveUpAsync(4);
        await SweepAsync(scene);
        Assert.Equal((EndpointStatus.Disabled, "100 deliveries in a row used up all their attempts; the last one: The receiver answered 500 Internal Server Error."),
            ((await scene.ReadAsync(webhook)).Status, (await scene.ReadAsync(webhook)).DisabledReason));

        async Task GiveUpAsync(int ended)
        {
            await scene.Ada.OpenTicketAsync();
            await Until.TrueAsync("the first attempt is recorded", async () => (await scene.LogAsync()).Any(d => d is { Attempts.Count: 1, NextAttemptAt: not null }));
            scene.Clock.Advance(TimeSpan.FromSeconds(75));
            await scene.EndedAsync(ended);
        }
    }

    // A disabled endpoint ends everything at once, which is the quickest way to have failed deliveries.
    private async Task FailAllAsync(Guid webhookId, int count)
    {
        await using (var scope = _scene.Acme.SystemScope())
            await scope.Get<DeadEndpoints>().DisableAsync(webhookId, "A test wants to see it.", CancellationToken.None);
        for (var i = 0; i < count; i++)
            await _scene.Ada.OpenTicketAsync();
        await _scene.EndedAsync(count);
        Assert.All(await _scene.LogAsync(), d => Assert.Equal((DeliveryStatus.Failed, "Not sent: the endpoint is disabled."), (d.Status, d.Attempts.Single().Error)));
    }

    private static async Task SweepAsync(WebhookScene scene)
    {
        await using var scope = scene.Acme.SystemScope();
        await scope.Get<DeadEndpoints>().SweepAsync(CancellationToken.None);
    }
}
