using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Messaging;

public sealed partial class DeliveryWorkerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly (string, string) QuickPoll = ("Messaging:PollInterval", "00:00:00.05");

    private readonly Guid _tenant = Guid.CreateVersion7();

    public Task InitializeAsync() => MessagingNode.ForgetAllAsync(postgres.Connections);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Send_Delivered_RecordsOneAttemptAndIsOver()
    {
        var channel = new TestChannel();
        await using var node = await StartAsync(channel, new TestRoute("a"));

        var happened = await node.EmitAsync(_tenant, "ticket.created", data: """{"number":"ACME-1"}""");

        var delivery = await FinishedAsync(node);
        var work = Assert.Single(channel.Sent);
        Assert.Equal((delivery.Id, "a", 1, "ticket.created", happened.SubjectId), (work.Id, work.Target, work.Attempt, work.EventType, work.SubjectId));
        Assert.Contains("ACME-1", work.Data, StringComparison.Ordinal);
        var attempt = Assert.Single(delivery.Attempts);
        Assert.Equal((DeliveryStatus.Succeeded, AttemptOutcome.Succeeded, 1), (delivery.Status, attempt.Outcome, attempt.Number));
        Assert.Null(attempt.Error);
        Assert.Null(delivery.LeaseToken);
        Assert.NotNull(delivery.FinishedAt);
    }

    [Fact]
    public async Task Send_TwoNodesRacing_EachDeliveryIsSentOnce()
    {
        var channel = new TestChannel();
        await using var one = await StartAsync(channel, new TestRoute("a", "b", "c"));
        await using var two = await StartAsync(channel, new TestRoute("a", "b", "c"));

        await one.EmitAsync(_tenant, [.. Enumerable.Range(0, 200).Select(_ => one.Event())]);
        two.Nudge.Committed(_tenant);

        await Until.TrueAsync("all are recorded", async () => (await one.DeliveriesAsync(_tenant)) is { Count: 600 } all && all.All(d => d.Status == DeliveryStatus.Succeeded));
        Assert.Equal(600, channel.Sent.Count);
        Assert.Equal(600, channel.Sent.Select(w => w.Id).Distinct().Count());
    }

    [Fact]
    public async Task Send_KeepsFailing_FollowsTheScheduleAndGivesUpAfterTheLastAttempt()
    {
        var clock = new FakeTimeProvider();
        var channel = new TestChannel(new DeliveryOutcome.Retry("It answers 503."));
        await using var node = await StartAsync(channel, new TestRoute("a"), clock);

        await node.EmitAsync(_tenant);

        await AttemptsAsync(node, 1);
        var first = Assert.Single(await node.DeliveriesAsync(_tenant));
        Assert.InRange(first.NextAttemptAt - clock.GetUtcNow(), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6));
        Assert.Equal((DeliveryStatus.Pending, "It answers 503."), (first.Status, first.Attempts.Single().Error));

        clock.Advance(TimeSpan.FromSeconds(3));
        await node.Queue.DueLanesAsync(["test"], clock.GetUtcNow(), CancellationToken.None);
        Assert.Single(channel.Sent);

        clock.Advance(TimeSpan.FromSeconds(4));
        await AttemptsAsync(node, 2);
        var second = Assert.Single(await node.DeliveriesAsync(_tenant));
        Assert.InRange(second.NextAttemptAt - clock.GetUtcNow(), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));

        // To the next poll after it and no further: the lease must not run out in the same step.
        clock.Advance(second.NextAttemptAt - clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        var last = await FinishedAsync(node);
        Assert.Equal((DeliveryStatus.Failed, 3), (last.Status, last.AttemptCount));
        Assert.Equal([1, 2, 3], last.Attempts.Select(a => a.Number));
        Assert.Single(channel.Sent.Select(w => w.Id).Distinct());
    }

    [Fact]
    public async Task Send_RetryAfter_WaitsAtLeastSoLong()
    {
        var clock = new FakeTimeProvider();
        await using var node = await StartAsync(new TestChannel(new DeliveryOutcome.Retry("Slow down.", TimeSpan.FromHours(1))), new TestRoute("a"), clock);

        await node.EmitAsync(_tenant);

        await AttemptsAsync(node, 1);
        Assert.Equal(clock.GetUtcNow().AddHours(1), Assert.Single(await node.DeliveriesAsync(_tenant)).NextAttemptAt);
    }

    [Fact]
    public async Task Send_Dead_IsNeverTriedAgain()
    {
        await using var node = await StartAsync(new TestChannel(new DeliveryOutcome.Dead("The person is gone.")), new TestRoute("a"));

        await node.EmitAsync(_tenant);

        var delivery = await FinishedAsync(node);
        Assert.Equal((DeliveryStatus.Failed, AttemptOutcome.Dead, "The person is gone."), (delivery.Status, delivery.Attempts.Single().Outcome, delivery.Attempts.Single().Error));
    }

    [Fact]
    public async Task Send_ChannelThrows_CountsAsAFailedAttempt()
    {
        await using var node = await StartAsync(new TestChannel((_, _) => throw new InvalidOperationException("bug")), new TestRoute("a"));

        await node.EmitAsync(_tenant);

        await AttemptsAsync(node, 1);
        var delivery = Assert.Single(await node.DeliveriesAsync(_tenant));
        Assert.Equal((DeliveryStatus.Pending, AttemptOutcome.Failed), (delivery.Status, delivery.Attempts.Single().Outcome));
        Assert.DoesNotContain("bug", delivery.Attempts.Single().Error, StringComparison.Ordinal);
    }

    // There is one attempt only, and it is not used up by what the receiver has no part in; the lane is not blamed either.
    [Fact]
    public async Task Send_TakesTooLong_IsCutOffAndTriedAgain()
    {
        var clock = new FakeTimeProvider();
        var channel = new TestChannel(async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return new DeliveryOutcome.Delivered();
        });
        await using var node = await StartAsync(channel, new TestRoute("a"), clock);
        await node.EmitAsync(_tenant);
        await Until.TrueAsync("the attempt has begun", () => channel.Sent.Count == 1);

        clock.Advance(channel.Policy.Timeout);

        await AttemptsAsync(node, 1);
        Assert.Equal("No answer within 15 seconds.", Assert.Single(await node.DeliveriesAsync(_tenant)).Attempts.Single().Error);
    }

    [Fact]
    public async Task KilledWorker_ItsDeliveriesAreTakenOverWhenTheLeaseEnds()
    {
        var clock = new FakeTimeProvider();
        await using (var killed = await StartAsync(null, new TestRoute("a"), clock))
        {
            await killed.EmitAsync(_tenant);
            await killed.DispatchAllAsync(_tenant);
            Assert.Single(await LeaseAsync(killed, clock, TimeSpan.FromSeconds(30)));
        }

        var channel = new TestChannel();
        await using var node = await StartAsync(channel, null, clock);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(await node.Queue.DueLanesAsync(["test"], clock.GetUtcNow(), CancellationToken.None));
        Assert.Empty(channel.Sent);

        clock.Advance(TimeSpan.FromSeconds(2));
        var delivery = await FinishedAsync(node);
        Assert.Equal(2, Assert.Single(channel.Sent).Attempt);
        Assert.Equal([AttemptOutcome.Interrupted, AttemptOutcome.Succeeded], delivery.Attempts.Select(a => a.Outcome));
    }

    [Fact]
    public async Task LateOutcome_AfterTheDeliveryWasTakenOver_IsNotRecorded()
    {
        var clock = new FakeTimeProvider();
        await using var node = await StartAsync(null, new TestRoute("a"), clock);
        await node.EmitAsync(_tenant);
        await node.DispatchAllAsync(_tenant);
        var late = Assert.Single(await LeaseAsync(node, clock, TimeSpan.FromSeconds(30)));
        clock.Advance(TimeSpan.FromSeconds(31));
        var present = Assert.Single(await LeaseAsync(node, clock, TimeSpan.FromSeconds(30)));

        Assert.Empty(await node.Queue.RecordAsync(_tenant, [Record(late, AttemptOutcome.Failed)], CancellationToken.None));
        Assert.Equal([present.Id], await node.Queue.RecordAsync(_tenant, [Record(present, AttemptOutcome.Succeeded)], CancellationToken.None));
        Assert.Empty(await node.Queue.RecordAsync(_tenant, [Record(present, AttemptOutcome.Failed)], CancellationToken.None));

        Assert.Equal(DeliveryStatus.Succeeded, Assert.Single(await node.DeliveriesAsync(_tenant)).Status);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await LeaseAsync(node, clock, TimeSpan.FromSeconds(30)));

        DeliveryRecord Record(DeliveryWork work, AttemptOutcome outcome) => new(work, clock.GetUtcNow(), outcome, TimeSpan.Zero, null, null);
    }

    [Fact]
    public async Task LongAttempt_KeepsItsLease()
    {
        var clock = new FakeTimeProvider();
        var release = new TaskCompletionSource();
        var channel = new TestChannel(async (_, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return new DeliveryOutcome.Delivered();
        }) { Policy = new DeliveryPolicy { RetrySchedule = [], Timeout = TimeSpan.FromHours(1) } };
        await using var node = await StartAsync(channel, new TestRoute("a"), clock);
        await node.EmitAsync(_tenant);
        await Until.TrueAsync("the attempt has begun", () => channel.Sent.Count == 1);

        for (var i = 0; i < 8; i++)
        {
            var until = clock.GetUtcNow().AddSeconds(40);
            clock.Advance(TimeSpan.FromSeconds(10));
            await Until.TrueAsync("the lease is renewed", async () => (await node.DeliveriesAsync(_tenant)).Single().NextAttemptAt == until);
        }
        release.SetResult();

        await FinishedAsync(node);
        Assert.Single(channel.Sent);
    }

    [Fact]
    public async Task SlowTarget_DelaysNoOther()
    {
        var stuck = new TaskCompletionSource();
        var channel = new TestChannel(async (work, ct) =>
        {
            if (work.Target == "slow")
                await stuck.Task.WaitAsync(ct);
            return new DeliveryOutcome.Delivered();
        });
        await using var node = await StartAsync(channel, new TestRoute("slow", "quick"));

        await node.EmitAsync(_tenant, [.. Enumerable.Range(0, 100).Select(_ => node.Event())]);

        await Until.TrueAsync("the quick target has everything", async () => (await node.DeliveriesAsync(_tenant)).Count(d => d is { Target: "quick", Status: DeliveryStatus.Succeeded }) == 100);
        Assert.Equal(channel.Policy.ConcurrencyPerLane, channel.Sent.Count(w => w.Target == "slow"));
        stuck.SetResult();
        await Until.TrueAsync("then the slow one too", async () => (await node.DeliveriesAsync(_tenant)).All(d => d.Status == DeliveryStatus.Succeeded));
    }

    [Fact]
    public async Task TenantWithThousandsPending_DoesNotDelayAnother()
    {
        var other = Guid.CreateVersion7();
        var before = 0;
        var sent = 0;
        var waiting = new TaskCompletionSource();
        var channel = new TestChannel(async (work, ct) =>
        {
            var so = Interlocked.Increment(ref sent);
            if (work.TenantId == other)
                before = so;
            // The large one pauses until the small one has something to send, however long that takes this machine.
            else if (so > 50)
                await waiting.Task.WaitAsync(ct);
            return new DeliveryOutcome.Delivered();
        });
        await using (var writer = await MessagingNode.StartAsync(postgres.Connections, workers: false, more: s => s.AddSingleton<IDeliveryRoute>(new TestRoute([.. Enumerable.Range(0, 50).Select(i => $"t{i}")]))))
        {
            await writer.EmitAsync(_tenant, [.. Enumerable.Range(0, 100).Select(_ => writer.Event())]);
            await writer.DispatchAllAsync(_tenant);
            Assert.Equal(5_000, (await writer.DeliveriesAsync(_tenant)).Count);
        }
        await using var node = await StartAsync(channel, new TestRoute("a"));
        await Until.TrueAsync("the large tenant is being served", () => channel.Sent.Count > 50);

        await node.EmitAsync(other);
        await Until.TrueAsync("the small tenant has something to send", async () => (await node.DeliveriesAsync(other)).Count > 0);
        waiting.SetResult();

        await Until.TrueAsync("the small tenant is served", () => before > 0);
        Assert.InRange(before, 1, 4_000);
        await Until.TrueAsync("nothing is left out", () => channel.Sent.Count(w => w.TenantId == _tenant) == 5_000);
    }

    [Fact]
    public async Task Shutdown_FinishesWhatItHasBegun()
    {
        var release = new TaskCompletionSource();
        var channel = new TestChannel(async (_, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return new DeliveryOutcome.Delivered();
        });
        await using var reader = await MessagingNode.StartAsync(postgres.Connections, workers: false);
        await using var node = await StartAsync(channel, new TestRoute("a"));
        await node.EmitAsync(_tenant);
        await Until.TrueAsync("the attempt has begun", () => channel.Sent.Count == 1);

        var stopping = node.StopAsync();
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;

        Assert.Equal(DeliveryStatus.Succeeded, Assert.Single(await reader.DeliveriesAsync(_tenant)).Status);
    }

    [Fact]
    public async Task ChannelThisNodeLacks_IsLeftToOthers()
    {
        var channel = new TestChannel();
        await using var node = await StartAsync(channel, new TestRoute("a") { Channel = "other" });

        await node.EmitAsync(_tenant);

        await Until.TrueAsync("the delivery waits", async () => (await node.DeliveriesAsync(_tenant)).Count == 1);
        Assert.Empty(channel.Sent);
        Assert.Equal(DeliveryStatus.Pending, (await node.DeliveriesAsync(_tenant)).Single().Status);
    }

    private Task<MessagingNode> StartAsync(TestChannel? channel, TestRoute? route, TimeProvider? clock = null) =>
        MessagingNode.StartAsync(postgres.Connections, clock, workers: channel is not null, more: services =>
        {
            if (channel is not null)
                services.AddSingleton<IDeliveryChannel>(channel);
            if (route is not null)
                services.AddSingleton<IDeliveryRoute>(route);
        }, QuickPoll);

    private Task<IReadOnlyList<DeliveryWork>> LeaseAsync(MessagingNode node, TimeProvider clock, TimeSpan lease)
    {
        var turn = new DeliveryTurn(_tenant, new Dictionary<DeliveryLane, int> { [new(_tenant, "test", "a")] = 10 });
        return node.Queue.LeaseAsync(turn, clock.GetUtcNow(), clock.GetUtcNow() + lease, CancellationToken.None);
    }

    private async Task<Delivery> FinishedAsync(MessagingNode node)
    {
        await Until.TrueAsync("the delivery is finished", async () => (await node.DeliveriesAsync(_tenant)) is [{ FinishedAt: not null }]);
        return (await node.DeliveriesAsync(_tenant)).Single();
    }

    private Task AttemptsAsync(MessagingNode node, int count) =>
        Until.TrueAsync($"{count} attempts are recorded", async () => (await node.DeliveriesAsync(_tenant)) is [var only] && only.Attempts.Count == count);
}
