using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureBase.Core.Messaging;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Messaging;

/// <summary>What becomes of attempts while the portal itself or its database is away.</summary>
public sealed partial class DeliveryWorkerTests
{
    [Fact]
    public async Task OwnDatabaseAway_CountsAsNoAttempt_AndIsTheReceiversFaultInNothing()
    {
        var clock = new FakeTimeProvider();
        var away = true;
        var channel = new TestChannel((_, _) => away
            ? throw new InvalidOperationException("An exception has been raised that is likely due to a transient failure.", new NpgsqlException("It is away."))
            : Task.FromResult<DeliveryOutcome>(new DeliveryOutcome.Delivered())) { Policy = new DeliveryPolicy { RetrySchedule = [] } };
        await using var node = await StartAsync(channel, new TestRoute("a"), clock);
        await using (var db = node.OpenDb(_tenant))
        {
            db.DeliveryLanes.Add(new DeliveryLaneState("test", "a", perSecond: null));
            await db.SaveChangesAsync();
        }

        await node.EmitAsync(_tenant);
        await AttemptsAsync(node, 1);
        away = false;
        await using (var db = node.OpenDb(_tenant))
        {
            Assert.Null((await db.DeliveryLanes.SingleAsync()).FailingSince);
            Assert.Empty(await db.DeliveryTallies.ToListAsync());
        }
        clock.Advance(TimeSpan.FromSeconds(6));

        var delivery = await FinishedAsync(node);
        Assert.Equal(DeliveryStatus.Succeeded, delivery.Status);
        Assert.Equal([AttemptOutcome.Interrupted, AttemptOutcome.Succeeded], delivery.Attempts.Select(a => a.Outcome));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public async Task KilledDuringTheLastAttempt_ItIsMadeAgain_ButNotForEver(int kills, bool isMade)
    {
        var clock = new FakeTimeProvider();
        await using (var killed = await StartAsync(null, new TestRoute("a"), clock))
        {
            await killed.EmitAsync(_tenant);
            await killed.DispatchAllAsync(_tenant);
            for (var i = 0; i < kills; i++)
            {
                Assert.Single(await LeaseAsync(killed, clock, TimeSpan.FromSeconds(30)));
                clock.Advance(TimeSpan.FromSeconds(31));
            }
        }
        var channel = new TestChannel { Policy = new DeliveryPolicy { RetrySchedule = [] } };
        await using var node = await StartAsync(channel, null, clock);

        var delivery = await FinishedAsync(node);
        Assert.Equal(isMade ? DeliveryStatus.Succeeded : DeliveryStatus.Failed, delivery.Status);
        Assert.Equal(isMade ? 1 : 0, channel.Sent.Count);
        Assert.Equal(kills, delivery.Attempts.Count(a => a.Outcome == AttemptOutcome.Interrupted));
    }

    // As after an outage: the lease ran out before the outcome could be recorded, and the node that has it takes the delivery over from itself.
    [Fact]
    public async Task LeaseRanOutBeforeTheOutcomeWasRecorded_WhatHasArrivedIsNotSentAgain()
    {
        var clock = new FakeTimeProvider();
        var (begun, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        var channel = new TestChannel(async (_, ct) =>
        {
            begun.TrySetResult();
            await answer.Task.WaitAsync(ct);
            return new DeliveryOutcome.Delivered();
        });
        await using var node = await StartAsync(channel, new TestRoute("a") { Ordered = true }, clock);
        await node.EmitAsync(_tenant);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await using (var holder = node.OpenDb(_tenant))
        {
            // Nothing of the lane can be recorded while somebody holds its order.
            await holder.Database.BeginTransactionAsync();
            await holder.LockOrderAsync(["a"], CancellationToken.None);
            answer.SetResult();
            await using (var db = node.OpenDb(_tenant))
                await db.Deliveries.ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAttemptAt, clock.GetUtcNow()));
            await Until.TrueAsync("it is leased again", async () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                return (await node.DeliveriesAsync(_tenant)).Single().AttemptCount == 2;
            });
        }

        await Until.TrueAsync("it is recorded", async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            return (await node.DeliveriesAsync(_tenant)).Single().FinishedAt is not null;
        });
        var delivery = (await node.DeliveriesAsync(_tenant)).Single();
        Assert.Single(channel.Sent);
        Assert.Equal(DeliveryStatus.Succeeded, delivery.Status);
        Assert.Equal([AttemptOutcome.Interrupted, AttemptOutcome.Succeeded], delivery.Attempts.Select(a => a.Outcome));
    }

    [Fact]
    public async Task LeaseEndedDuringTheAttempt_TheAttemptEndsWithIt_BecauseAnotherNodeMayHaveDelivered()
    {
        var clock = new FakeTimeProvider();
        var (begun, cut) = (new TaskCompletionSource(), new TaskCompletionSource());
        var channel = new TestChannel(async (_, ct) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cut.TrySetResult();
            throw new OperationCanceledException(ct);
        }) { Policy = new DeliveryPolicy { RetrySchedule = [], Timeout = TimeSpan.FromHours(1) } };
        await using var node = await StartAsync(channel, new TestRoute("a"), clock);
        await node.EmitAsync(_tenant);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        // Another node has it, and delivers it.
        await using (var db = node.OpenDb(_tenant))
        {
            var (other, later) = (Guid.CreateVersion7(), clock.GetUtcNow().AddHours(1));
            await db.Deliveries.ExecuteUpdateAsync(set => set.SetProperty(d => d.LeaseToken, other).SetProperty(d => d.NextAttemptAt, later));
        }

        Assert.False(cut.Task.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(31));

        await cut.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var delivery = (await node.DeliveriesAsync(_tenant)).Single();
        Assert.Empty(delivery.Attempts);
        Assert.Equal(DeliveryStatus.Pending, delivery.Status);
    }

    [Fact]
    public void HeldLease_IsOverWithItsTime_LaterWhenRenewed_AndForEver()
    {
        var clock = new FakeTimeProvider();
        using var lease = new HeldLease(Work(), clock.GetUtcNow().AddSeconds(30), clock);

        clock.Advance(TimeSpan.FromSeconds(20));
        lease.Renewed(clock.GetUtcNow().AddSeconds(30));
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(lease.IsOver || lease.End.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(lease.IsOver && lease.End.IsCancellationRequested);
        lease.Renewed(clock.GetUtcNow().AddSeconds(30));

        Assert.True(lease.IsOver);
        using var late = new HeldLease(Work(), clock.GetUtcNow().AddSeconds(-1), clock);
        Assert.True(late.IsOver);
    }

    // The answer to a commit may be lost: then the same is recorded once more.
    [Fact]
    public async Task RecordedTwice_CountsOnceForTheLane()
    {
        var clock = new FakeTimeProvider();
        await using var node = await StartAsync(null, new TestRoute("a"), clock);
        await using var db = node.OpenDb(_tenant);
        db.DeliveryLanes.Add(new DeliveryLaneState("test", "a", perSecond: null));
        await db.SaveChangesAsync();
        await node.EmitAsync(_tenant);
        await node.DispatchAllAsync(_tenant);
        var work = Assert.Single(await LeaseAsync(node, clock, TimeSpan.FromSeconds(30)));
        var record = new DeliveryRecord(work, clock.GetUtcNow(), AttemptOutcome.Failed, TimeSpan.Zero, "It answers 503.", null);

        Assert.Single(await node.Queue.RecordAsync(_tenant, [record], CancellationToken.None));
        Assert.Empty(await node.Queue.RecordAsync(_tenant, [record], CancellationToken.None));

        Assert.Equal(1, (await db.DeliveryLanes.AsNoTracking().SingleAsync()).Exhausted);
        Assert.Equal(1, (await db.DeliveryTallies.SingleAsync()).Failed);
    }

    private static DeliveryWork Work() => new()
    {
        Id = Guid.CreateVersion7(),
        TenantId = Guid.CreateVersion7(),
        Channel = "test",
        Target = "a",
        Lane = "a",
        Attempt = 1,
        EventId = Guid.CreateVersion7(),
        EventType = "ticket.created",
        SubjectKind = "ticket",
        SubjectId = Guid.CreateVersion7(),
        OccurredAt = default,
    };
}
