using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Messaging;

/// <summary>Deliveries that go in order, and lanes that are governed.</summary>
public sealed class DeliveryOrderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly (string, string) QuickPoll = ("Messaging:PollInterval", "00:00:00.05");

    private readonly Guid _tenant = Guid.CreateVersion7();

    public Task InitializeAsync() => MessagingNode.ForgetAllAsync(postgres.Connections);

    public Task DisposeAsync() => Task.CompletedTask;

    // New events are put behind ones that end at that very moment, on two nodes: none may wait for ever, and none may overtake.
    [Fact]
    public async Task Ordered_WhileEndsAndFanOutRace_NothingOvertakesAndNothingIsLeftWaiting()
    {
        const int subjects = 4, rounds = 60;
        ConcurrentDictionary<Guid, ConcurrentQueue<int>> seen = [];
        ConcurrentDictionary<Guid, int> atOnce = [];
        var overlapped = 0;
        Task<DeliveryOutcome> Send(DeliveryWork work, CancellationToken ct)
        {
            if (atOnce.AddOrUpdate(work.SubjectId, 1, (_, n) => n + 1) > 1)
                Interlocked.Increment(ref overlapped);
            seen.GetOrAdd(work.SubjectId, _ => []).Enqueue(int.Parse(work.Data!.Trim('"'), System.Globalization.CultureInfo.InvariantCulture));
            atOnce.AddOrUpdate(work.SubjectId, 0, (_, n) => n - 1);
            return Task.FromResult<DeliveryOutcome>(new DeliveryOutcome.Delivered());
        }
        await using var one = await StartAsync(new TestChannel(Send));
        await using var two = await StartAsync(new TestChannel(Send));
        var ids = Enumerable.Range(0, subjects).Select(_ => Guid.CreateVersion7()).ToArray();

        for (var round = 0; round < rounds; round++)
            await (round % 2 == 0 ? one : two).EmitAsync(_tenant, [.. ids.Select(id => one.Event(subjectId: id, data: $"\"{round}\""))]);

        await Until.TrueAsync("all have arrived", () => seen.Values.Sum(s => s.Count) == subjects * rounds, seconds: 60);
        await Until.TrueAsync("all are recorded", async () => (await one.DeliveriesAsync(_tenant)).All(d => d.Status == DeliveryStatus.Succeeded));
        Assert.Equal(0, overlapped);
        Assert.All(seen.Values, s => Assert.Equal(Enumerable.Range(0, rounds), s));
    }

    [Fact]
    public async Task Ordered_ADeadOne_LetsTheNextGo()
    {
        var channel = new TestChannel((work, _) => Task.FromResult<DeliveryOutcome>(work.Data == "\"0\"" ? new DeliveryOutcome.Dead("No.") : new DeliveryOutcome.Delivered()));
        await using var node = await StartAsync(channel);
        var subject = Guid.CreateVersion7();

        await node.EmitAsync(_tenant, [.. Enumerable.Range(0, 3).Select(i => node.Event(subjectId: subject, data: $"\"{i}\""))]);

        await Until.TrueAsync("all are over", async () => (await node.DeliveriesAsync(_tenant)) is { Count: 3 } all && all.All(d => d.FinishedAt is not null));
        Assert.Equal(["\"0\"", "\"1\"", "\"2\""], channel.Sent.Select(w => w.Data));
    }

    // Writers of one subject that are not serialised commit in another order than they began: what comes late takes its place among those
    // that wait, at whatever moment it comes.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ordered_AnEventCommittedAfterALaterOne_HoldsNothingUp(bool whileFannedOut)
    {
        Action commit = () => { };
        var channel = new TestChannel((work, _) =>
        {
            if (work.Data == "\"later\"" && !whileFannedOut)
                commit();
            return Task.FromResult<DeliveryOutcome>(new DeliveryOutcome.Delivered());
        });
        // The clock stands still, so that only what is told of is looked at.
        await using var node = await StartAsync(channel, new FakeTimeProvider(), route: new TestRoute("a") { Ordered = true, Wants = e => Wants(e) });
        var subject = Guid.CreateVersion7();
        await using var db = node.OpenDb(_tenant);
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.OutboxEvents.Add(node.Event(subjectId: subject, data: "\"earlier\""));
        await db.SaveChangesAsync();
        commit = transaction.Commit;

        await node.EmitAsync(_tenant, [node.Event(subjectId: subject, data: "\"later\""), node.Event(subjectId: subject, data: "\"last\"")]);
        await Until.TrueAsync("the first to be committed is over", async () => (await node.DeliveriesAsync(_tenant)).Exists(d => d is { Event.Data: "\"later\"", Status: DeliveryStatus.Succeeded }));
        node.Nudge.Committed(_tenant);

        await Until.TrueAsync("all have arrived", async () => (await node.DeliveriesAsync(_tenant)) is { Count: 3 } all && all.All(d => d.Status == DeliveryStatus.Succeeded));
        Assert.Equal("\"later\"", channel.Sent[0].Data);

        bool Wants(OutboxEvent happened)
        {
            if (happened.Data == "\"later\"" && whileFannedOut)
                commit();
            return true;
        }
    }

    [Fact]
    public async Task Ordered_WritersOfOneSubjectInParallel_NothingIsLeftWaiting()
    {
        const int writers = 6, rounds = 20;
        var channel = new TestChannel();
        await using var one = await StartAsync(channel);
        await using var two = await StartAsync(channel);
        var subject = Guid.CreateVersion7();

        await Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            for (var round = 0; round < rounds; round++)
                await (writer % 2 == 0 ? one : two).EmitAsync(_tenant, subjectId: subject);
        }));

        await Until.TrueAsync("all have arrived", async () => (await one.DeliveriesAsync(_tenant)) is { Count: writers * rounds } all && all.All(d => d.Status == DeliveryStatus.Succeeded), seconds: 60);
        Assert.Equal(writers * rounds, channel.Sent.Count);
    }

    // Fan-out puts an event off that it cannot dispatch and goes on; what came later of its subject must not overtake it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ordered_AnEventPutOff_IsWaitedFor_AlsoWhenInTheEndNobodyWantsIt(bool wanted)
    {
        Guid? poisoned = null;
        var clock = new FakeTimeProvider();
        var channel = new TestChannel();
        await using var node = await StartAsync(channel, clock, route: new TestRoute("a") { Ordered = true, IsPoison = e => e.Id == poisoned, Wants = e => wanted || e.Data != "\"1\"" });
        var subject = Guid.CreateVersion7();
        OutboxEvent[] events = [.. Enumerable.Range(0, 4).Select(i => node.Event(subjectId: subject, data: $"\"{i}\"")), node.Event(data: "\"other\"")];
        poisoned = events[1].Id;
        await node.EmitAsync(_tenant, events);

        await Until.TrueAsync("what is before it and what is of another subject has arrived", async () => (await node.DeliveriesAsync(_tenant)).Count(d => d.Status == DeliveryStatus.Succeeded) == 2);
        Assert.Equal([events[2].Id, events[3].Id], (await node.DeliveriesAsync(_tenant)).Where(d => d.WaitsForItsTurn).Select(d => d.EventId));

        // One more of the subject, behind those that wait.
        await node.EmitAsync(_tenant, [node.Event(subjectId: subject, data: "\"4\"")]);
        await Until.TrueAsync("it waits too", async () => (await node.DeliveriesAsync(_tenant)).Count(d => d.WaitsForItsTurn) == 3);
        poisoned = null;
        clock.Advance(TimeSpan.FromSeconds(6));

        await Until.TrueAsync("all have arrived", async () => (await node.DeliveriesAsync(_tenant)) is var all && all.Count == (wanted ? 6 : 5) && all.All(d => d.Status == DeliveryStatus.Succeeded));
        Assert.Equal(wanted ? ["\"0\"", "\"1\"", "\"2\"", "\"3\"", "\"4\""] : ["\"0\"", "\"2\"", "\"3\"", "\"4\""], channel.Sent.Where(w => w.SubjectId == subject).Select(w => w.Data));
    }

    [Fact]
    public async Task LimitedLane_TwoNodesTogether_KeepTheLimit()
    {
        var clock = new FakeTimeProvider();
        var channel = new TestChannel();
        await using var one = await StartAsync(channel, clock, ordered: false);
        await using var two = await StartAsync(channel, clock, ordered: false);
        await using (var db = one.OpenDb(_tenant))
        {
            db.DeliveryLanes.Add(new DeliveryLaneState("test", "a", perSecond: 5));
            await db.SaveChangesAsync();
        }

        await one.EmitAsync(_tenant, [.. Enumerable.Range(0, 23).Select(_ => one.Event())]);
        two.Nudge.Committed(_tenant);

        for (var second = 1; second <= 5; second++)
        {
            var allowed = Math.Min(5 * second, 23);
            await Until.TrueAsync($"{allowed} are sent", async () => (await one.DeliveriesAsync(_tenant)).Count(d => d.Status == DeliveryStatus.Succeeded) == allowed);
            Assert.Equal(allowed, channel.Sent.Count);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task HeldLane_WaitsOnEveryNode_AndThenLetsOneThroughUntilItSucceeds()
    {
        var clock = new FakeTimeProvider();
        var outcome = (DeliveryOutcome)new DeliveryOutcome.Retry("It answers 503.") { Hold = new LaneHold(TimeSpan.FromSeconds(30), HalfOpen: true) };
        var channel = new TestChannel((_, _) => Task.FromResult(outcome));
        await using var node = await StartAsync(channel, clock, ordered: false);
        await using (var db = node.OpenDb(_tenant))
        {
            db.DeliveryLanes.Add(new DeliveryLaneState("test", "a", perSecond: null));
            await db.SaveChangesAsync();
        }
        await node.EmitAsync(_tenant);
        await Until.TrueAsync("the first attempt is recorded", async () => await node.DeliveriesAsync(_tenant) is [{ Attempts.Count: 1 }]);
        await node.EmitAsync(_tenant, [.. Enumerable.Range(0, 5).Select(_ => node.Event())]);
        await Until.TrueAsync("all wait", async () => (await node.DeliveriesAsync(_tenant)).Count == 6);

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(await node.Queue.DueLanesAsync(["test"], clock.GetUtcNow(), CancellationToken.None));
        clock.Advance(TimeSpan.FromSeconds(2));
        await Until.TrueAsync("one was let through", async () => (await node.DeliveriesAsync(_tenant)).Sum(d => d.Attempts.Count) == 2);
        Assert.True(channel.Sent[1].IsProbe);
        Assert.Equal(2, channel.Sent.Count);

        outcome = new DeliveryOutcome.Delivered();
        clock.Advance(TimeSpan.FromMinutes(6));
        await Until.TrueAsync("all have arrived", async () => (await node.DeliveriesAsync(_tenant)).All(d => d.Status == DeliveryStatus.Succeeded));
    }

    // Both lanes are asked in one statement: when the other has given, this one was asked, and its row was somebody else's.
    [Fact]
    public async Task LimitedLane_AskedWhileAnAttemptIsRecorded_IsAskedAgain()
    {
        var (begun, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        var channel = new TestChannel(async (work, ct) =>
        {
            if (work is { Target: "limited", Data: "\"first\"" })
            {
                begun.SetResult();
                await answer.Task.WaitAsync(ct);
            }
            return new DeliveryOutcome.Delivered();
        });
        await using var node = await StartAsync(channel, new FakeTimeProvider(), route: new TestRoute("limited", "other"));
        await using var db = node.OpenDb(_tenant);
        db.DeliveryLanes.Add(new DeliveryLaneState("test", "limited", perSecond: 50));
        await db.SaveChangesAsync();
        await node.EmitAsync(_tenant, data: "\"first\"");
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await db.DeliveryLanes.FromSql($"select * from delivery_lanes where tenant_id = {_tenant} for update").ToListAsync();
            await node.EmitAsync(_tenant, data: "\"second\"");
            await Until.TrueAsync("the other lane has given", () => channel.Sent.Any(w => w is { Target: "other", Data: "\"second\"" }));
        }
        Assert.DoesNotContain(channel.Sent, w => w is { Target: "limited", Data: "\"second\"" });
        answer.SetResult();

        await Until.TrueAsync("all have arrived", async () => (await node.DeliveriesAsync(_tenant)) is { Count: 4 } all && all.All(d => d.Status == DeliveryStatus.Succeeded));
    }

    [Fact]
    public async Task FixedBytes_AreWhatEveryAttemptGets()
    {
        byte[] bytes = [0, 1, 2, 0xFF];
        var channel = new TestChannel();
        await using var node = await MessagingNode.StartAsync(postgres.Connections, more: services =>
        {
            services.AddSingleton<IDeliveryChannel>(channel);
            services.AddSingleton<IDeliveryRoute>(new FixingRoute(bytes));
        }, settings: QuickPoll);

        await node.EmitAsync(_tenant, data: "{}");

        await Until.TrueAsync("both have arrived", () => channel.Sent.Count == 2);
        Assert.All(channel.Sent, work =>
        {
            Assert.Equal(bytes, work.Body);
            Assert.Null(work.Data);
        });
    }

    private Task<MessagingNode> StartAsync(TestChannel channel, TimeProvider? clock = null, bool ordered = true, TestRoute? route = null) => MessagingNode.StartAsync(postgres.Connections, clock, more: services =>
    {
        services.AddSingleton<IDeliveryChannel>(channel);
        services.AddSingleton<IDeliveryRoute>(route ?? new TestRoute("a") { Ordered = ordered });
    }, settings: QuickPoll);

    private sealed class FixingRoute(byte[] bytes) : IDeliveryRoute
    {
        public Task RouteAsync(FanOutBatch batch, CancellationToken ct)
        {
            foreach (var happened in batch.Events)
            {
                batch.Fix(happened, "test", bytes);
                batch.Deliver(happened, "test", "a");
                batch.Deliver(happened, "test", "b");
            }
            return Task.CompletedTask;
        }
    }
}
