using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
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
        // Another endpoint gets the same events, from the same leases.
        await _scene.CreateAsync(path: "/other");
        await _scene.Ada.OpenTicketAsync();
        await _scene.EndedAsync(1);
        await _scene.Ada.OpenTicketAsync();
        await _scene.EndedAsync(2);
        _scene.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(await _scene.IsAnythingDueAsync());
        Assert.Equal(["/other", "/other"], _scene.Receiver.Received.Select(r => r.Path));

        await _scene.EditAsync(webhook.Webhook.Id, new EditWebhook { Status = EndpointStatus.Enabled });
        _scene.Clock.Advance(TimeSpan.FromSeconds(1));

        await _scene.EndedAsync(4);
        Assert.Equal(2, _scene.Receiver.Received.Count(r => r.Path == "/hook"));
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
        Assert.False(await _scene.IsAnythingDueAsync());
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
        _scene.Receiver.Answer = (received, http) =>
        {
            http.Response.StatusCode = received.Path == "/other" ? 200 : status;
            http.Response.Headers.RetryAfter = "120";
            return Task.CompletedTask;
        };
        var webhook = await _scene.CreateAsync();
        await _scene.Ada.OpenTicketAsync();
        await _scene.AttemptsAsync(1);
        // It gets the same events, from the same leases.
        await _scene.CreateAsync(path: "/other");
        Assert.Equal(_scene.Clock.GetUtcNow().AddSeconds(120), (await _scene.LaneAsync(webhook.Webhook.Id)).HeldUntil);

        await _scene.Ada.OpenTicketAsync();
        await _scene.EndedAsync(1);
        _scene.Clock.Advance(TimeSpan.FromSeconds(100));
        Assert.False(await _scene.IsAnythingDueAsync());
        Assert.Equal(["/hook", "/other"], _scene.Receiver.Received.Select(r => r.Path));

        _scene.Clock.Advance(TimeSpan.FromSeconds(21));
        await Until.TrueAsync("it is tried again", () => _scene.Receiver.Received.Count(r => r.Path == "/hook") == 3);
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
    public async Task Gone_SaidByAnAddressTheEndpointHasNoMore_DisablesNothing()
    {
        var (begun, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        _scene.Receiver.Answer = async (received, http) =>
        {
            if (received.Path == "/old")
            {
                begun.TrySetResult();
                await answer.Task;
            }
            http.Response.StatusCode = received.Path == "/old" ? 410 : 200;
        };
        var webhook = (await _scene.CreateAsync(path: "/old")).Webhook.Id;
        await _scene.Ada.OpenTicketAsync();
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await _scene.EditAsync(webhook, new EditWebhook { Url = _scene.Receiver.At("/new").AbsoluteUri });
        answer.SetResult();

        await _scene.AttemptsAsync(1);
        Assert.Equal(EndpointStatus.Enabled, (await _scene.ReadAsync(webhook)).Status);
        _scene.Clock.Advance(TimeSpan.FromSeconds(7));
        await _scene.EndedAsync(1);
        Assert.Equal(["/old", "/new"], _scene.Receiver.Received.Select(r => r.Path));
    }

    [Fact]
    public async Task GivenUp_ButSetGoingAgainBeforeItIsDisabled_StaysEnabled()
    {
        var webhook = (await _scene.CreateAsync()).Webhook.Id;
        await _scene.ExecuteAsync($"update delivery_lanes set exhausted = {DeadEndpoints.MaxExhausted}, failing_since = now(), last_failed_at = now()");
        Task sweep;
        await using (var scope = _scene.Acme.SystemScope())
        {
            await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            var (_, lane) = (await db.LockEndpointAsync(webhook, CancellationToken.None))!.Value;
            sweep = SweepAsync(_scene);
            await Until.TrueAsync("it waits for the endpoint", async () =>
                await _scene.ScalarAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())") is >= 1L);
            lane.Resume();
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await sweep;
        Assert.Equal(EndpointStatus.Enabled, (await _scene.ReadAsync(webhook)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Recovery_OfAnEndpointTakenOutOfUse_Ends(bool deleted)
    {
        var webhook = (await _scene.CreateAsync()).Webhook.Id;
        await FailAllAsync(webhook, 2);
        await _scene.EditAsync(webhook, new EditWebhook { Status = EndpointStatus.Enabled });
        var begun = (await BeginRecoveryAsync(webhook)).Id;
        if (deleted)
        {
            Assert.Null((await _scene.DoAsync<WebhookEndpointService, WebhookView>(w => w.DeleteAsync(webhook, CancellationToken.None))).Error);
        }
        else
        {
            await using var scope = _scene.Acme.SystemScope();
            await scope.Get<DeadEndpoints>().DisableAsync(webhook, "A test wants to see it.", CancellationToken.None);
        }

        Assert.False(await StepAsync());
        Assert.Equal((RecoveryStatus.Cancelled, 0L), await RecoveryAsync(webhook, begun));
        Assert.Equal(0L, await _scene.ScalarAsync("select count(*) from deliveries where channel = 'webhook' and status = 'pending'"));
    }

    // Whoever records attempts of both takes them in another order.
    [Fact]
    public async Task Recovery_OfOneEndpoint_HoldsItsLaneWithoutWaitingForAnothers()
    {
        var (one, other) = ((await _scene.CreateAsync()).Webhook.Id, (await _scene.CreateAsync(path: "/other")).Webhook.Id);
        var first = (await BeginRecoveryAsync(one)).Id;
        _scene.Clock.Advance(TimeSpan.FromMilliseconds(10));
        var second = (await BeginRecoveryAsync(other)).Id;
        await using var scope = _scene.Acme.SystemScope();
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync();
        Task<bool> step;
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await db.LockOrderAsync([WebhookEndpoint.LaneOf(other)], CancellationToken.None);
            step = StepAsync();
            await Until.TrueAsync("the first is over while the other's lane is held", async () => (await RecoveryAsync(one, first)).Status == RecoveryStatus.Completed);
            await db.LockOrderAsync([WebhookEndpoint.LaneOf(one)], CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        }
        Assert.False(await step);
        Assert.Equal(RecoveryStatus.Completed, (await RecoveryAsync(other, second)).Status);
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

    private async Task<RecoveryView> BeginRecoveryAsync(Guid webhookId) =>
        (await _scene.DoAsync<WebhookRecoveryService, RecoveryView>(r => r.BeginAsync(webhookId, new RecoverDeliveries { From = _scene.Clock.GetUtcNow().AddDays(-1) }, CancellationToken.None))).Value;

    private async Task<(RecoveryStatus Status, long Recovered)> RecoveryAsync(Guid webhookId, Guid id)
    {
        var recovery = (await _scene.DoAsync<WebhookRecoveryService, RecoveryView>(r => r.GetAsync(webhookId, id, CancellationToken.None))).Value;
        return (recovery.Status, recovery.Recovered);
    }

    // The worker waits for the clock.
    private async Task<bool> StepAsync()
    {
        await using var scope = _scene.Acme.SystemScope();
        return await scope.Get<RecoveryRun>().StepAsync(CancellationToken.None);
    }

    private static async Task SweepAsync(WebhookScene scene)
    {
        await using var scope = scene.Acme.SystemScope();
        await scope.Get<DeadEndpoints>().SweepAsync(CancellationToken.None);
    }
}
