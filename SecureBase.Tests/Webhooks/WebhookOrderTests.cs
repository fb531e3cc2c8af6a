using System.Text;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Support;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

/// <summary>Where events of a subject go in order, what is sent again keeps to it: it goes before those that wait, and never beside one that is under way.</summary>
public sealed class WebhookOrderTests : IAsyncLifetime
{
    private WebhookScene _scene = null!;
    private Guid _webhook;
    private TicketView _ticket = null!;

    // One attempt again, a minute later.
    public async Task InitializeAsync()
    {
        _scene = await WebhookScene.StartAsync(("Webhooks:RetrySchedule", "00:01:00"));
        _webhook = (await _scene.CreateAsync(new NewWebhook { Events = ["ticket.updated"], Ordered = true })).Webhook.Id;
        _ticket = await _scene.Ada.OpenTicketAsync();
        _scene.Receiver.AnswerWith(500);
    }

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Replay_WhileALaterOneIsTriedAgain_GoesBeforeIt()
    {
        await FailAsync("first");
        await _scene.UpdateAsync(_ticket, "second");
        await Until.TrueAsync("the second is to be tried again", () => Sent().LastOrDefault() == "second");
        await Until.TrueAsync("its attempt is recorded", async () => (await _scene.LogAsync())[0] is { Status: DeliveryStatus.Pending, NextAttemptAt: not null, Attempts.Count: 1 });

        _scene.Receiver.AnswerWith(200);
        var first = (await _scene.LogAsync())[1];
        Assert.Null((await _scene.DoAsync<WebhookDeliveryService, WebhookDeliveryView>(log => log.ReplayAsync(first.Id, CancellationToken.None))).Error);
        Assert.Null((await _scene.LogAsync())[0].NextAttemptAt);
        _scene.Clock.Advance(TimeSpan.FromSeconds(2));

        await Until.TrueAsync("both have arrived", async () => (await _scene.LogAsync()).All(d => d.Status == DeliveryStatus.Succeeded));
        Assert.Equal(["first", "first", "second", "first", "second"], Sent());
    }

    [Fact]
    public async Task Replay_WhileALaterOneIsUnderWay_WaitsForItsEnd()
    {
        await FailAsync("first");
        var (begun, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        _scene.Receiver.Answer = async (_, http) =>
        {
            begun.TrySetResult();
            await answer.Task;
            http.Response.StatusCode = 200;
        };
        await _scene.UpdateAsync(_ticket, "second");
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var first = (await _scene.LogAsync())[1];
        Assert.Null((await _scene.DoAsync<WebhookDeliveryService, WebhookDeliveryView>(log => log.ReplayAsync(first.Id, CancellationToken.None))).Error);
        Assert.Equal(1L, await _scene.ScalarAsync("select count(*) from deliveries where status = 'pending' and lease_token is null and next_attempt_at = 'infinity'"));
        answer.SetResult();

        await Until.TrueAsync("both have arrived", async () => (await _scene.LogAsync()).All(d => d.Status == DeliveryStatus.Succeeded));
        Assert.Equal(["first", "first", "second", "first"], Sent());
    }

    [Fact]
    public async Task Recovery_WhileALaterOneIsTriedAgain_GoesBeforeIt_InTheOrderOfTheEvents()
    {
        await FailAsync("first");
        await FailAsync("second");
        await _scene.UpdateAsync(_ticket, "third");
        await Until.TrueAsync("the third is to be tried again", async () => (await _scene.LogAsync())[0] is { Status: DeliveryStatus.Pending, NextAttemptAt: not null, Attempts.Count: 1 });

        var answer = new TaskCompletionSource();
        _scene.Receiver.Answer = async (_, http) =>
        {
            await answer.Task;
            http.Response.StatusCode = 200;
        };
        var begun = (await _scene.DoAsync<WebhookRecoveryService, RecoveryView>(r => r.BeginAsync(_webhook, new RecoverDeliveries { From = _scene.Clock.GetUtcNow().AddDays(-1) }, CancellationToken.None))).Value;
        await Until.TrueAsync("both are queued again", async () =>
        {
            await using var scope = _scene.Acme.SystemScope();
            await scope.Get<RecoveryRun>().StepAsync(CancellationToken.None);
            return (await _scene.DoAsync<WebhookRecoveryService, RecoveryView>(r => r.GetAsync(_webhook, begun.Id, CancellationToken.None))).Value is { Status: RecoveryStatus.Completed, Recovered: 2 };
        });
        Assert.Equal(2L, await _scene.ScalarAsync("select count(*) from deliveries where status = 'pending' and next_attempt_at = 'infinity'"));
        answer.SetResult();

        _scene.Clock.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync("all have arrived", async () => (await _scene.LogAsync()).All(d => d.Status == DeliveryStatus.Succeeded));
        Assert.Equal(["first", "second", "third"], Sent().TakeLast(3));
    }

    [Fact]
    public async Task OrderTurnedOff_WhatWaitedGoesBesideTheOneThatFails()
    {
        await _scene.UpdateAsync(_ticket, "first");
        await _scene.AttemptsAsync(1);
        await _scene.UpdateAsync(_ticket, "second");
        await _scene.UpdateAsync(_ticket, "third");
        await Until.TrueAsync("they wait", async () => await _scene.ScalarAsync("select count(*) from deliveries where next_attempt_at = 'infinity'") is 2L);

        _scene.Receiver.AnswerWith(200);
        await _scene.EditAsync(_webhook, new EditWebhook { Ordered = false });
        _scene.Clock.Advance(TimeSpan.FromSeconds(2));

        await _scene.EndedAsync(2);
        Assert.Equal(["second", "third"], Sent().Skip(1).Order());
    }

    private async Task FailAsync(string subject)
    {
        var failed = (await _scene.LogAsync()).Count;
        await _scene.UpdateAsync(_ticket, subject);
        await Until.TrueAsync("the first attempt is recorded", async () => await _scene.LogAsync() is [{ Attempts.Count: 1, NextAttemptAt: not null }, ..]);
        _scene.Clock.Advance(TimeSpan.FromSeconds(75));
        await Until.TrueAsync("it has failed for good", async () => (await _scene.LogAsync()).Count(d => d.Status == DeliveryStatus.Failed) == failed + 1);
    }

    private List<string> Sent() =>
    [
        .. _scene.Receiver.Received.Select(r => Encoding.UTF8.GetString(r.Body)).Select(body => new[] { "first", "second", "third" }.Single(text => body.Contains($"\"{text}\"", StringComparison.Ordinal))),
    ];
}
