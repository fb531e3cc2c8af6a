using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Messaging;

public sealed class FanOutTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly Guid _tenant = Guid.CreateVersion7();
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Dispatch_TwoTargets_MakesOneDeliveryEachAndMarksTheEvent()
    {
        await using var node = await StartAsync(new TestRoute("a", "b"));
        var happened = await node.EmitAsync(_tenant);

        await node.DispatchAllAsync(_tenant);

        var deliveries = await node.DeliveriesAsync(_tenant);
        Assert.Equal(["a", "b"], deliveries.Select(d => d.Target).Order());
        Assert.All(deliveries, d => Assert.Equal((happened.Id, DeliveryStatus.Pending, 0, _clock.GetUtcNow()), (d.EventId, d.Status, d.AttemptCount, d.NextAttemptAt)));
        await using var db = node.OpenDb(_tenant);
        Assert.Equal(_clock.GetUtcNow(), (await db.OutboxEvents.SingleAsync()).DispatchedAt);
    }

    [Fact]
    public async Task Dispatch_TwoNodesRacing_MakesEachDeliveryOnce()
    {
        await using var one = await StartAsync(new TestRoute("a"));
        await using var two = await StartAsync(new TestRoute("a"));
        await one.EmitAsync(_tenant, [.. Enumerable.Range(0, 300).Select(_ => one.Event())]);

        await Task.WhenAll(RunAsync(one), RunAsync(two), RunAsync(one), RunAsync(two));

        var deliveries = await one.DeliveriesAsync(_tenant);
        Assert.Equal(300, deliveries.Count);
        Assert.Equal(300, deliveries.Select(d => d.EventId).Distinct().Count());

        Task RunAsync(MessagingNode node) => Task.Run(async () =>
        {
            while (await PendingAsync(node) > 0)
                await node.FanOut.DispatchAsync(_tenant, CancellationToken.None);
        });
    }

    [Fact]
    public async Task Dispatch_SameTargetAskedForTwice_MakesOneDelivery()
    {
        await using var node = await StartAsync(new TestRoute("a"), new TestRoute("a"));
        await node.EmitAsync(_tenant);

        await node.DispatchAllAsync(_tenant);

        Assert.Single(await node.DeliveriesAsync(_tenant));
    }

    [Fact]
    public async Task Dispatch_SilentEvent_IsMarkedWithoutDeliveryOrSignal()
    {
        await using var node = await StartAsync(new TestRoute("a"));
        await using var ear = await LiveEar.OpenAsync(postgres.Connections, _tenant);
        await node.EmitAsync(_tenant, silent: true);
        await node.DispatchAllAsync(_tenant);
        var loud = await node.EmitAsync(_tenant);
        await node.DispatchAllAsync(_tenant);

        await Until.TrueAsync("the loud event is signalled", () => !ear.Payloads.IsEmpty);
        Assert.Equal(loud.SubjectId, Assert.Single(ear.Heard).Id);
        Assert.Equal(loud.Id, Assert.Single(await node.DeliveriesAsync(_tenant)).EventId);
        Assert.Equal(0, await PendingAsync(node));
    }

    [Fact]
    public async Task Dispatch_InternalEvent_IsSignalledToStaffAndShownToNoRoute()
    {
        await using var node = await StartAsync(new TestRoute("a"));
        await using var ear = await LiveEar.OpenAsync(postgres.Connections, _tenant);

        var noted = await node.EmitAsync(_tenant, "internal.ticket_noted");
        await node.DispatchAllAsync(_tenant);

        await Until.TrueAsync("the note is signalled", () => !ear.Payloads.IsEmpty);
        Assert.Equal((noted.SubjectId, LiveAudience.Staff), (ear.Heard.Single().Id, ear.Heard.Single().Audience));
        Assert.Empty(await node.DeliveriesAsync(_tenant));
    }

    [Fact]
    public async Task Dispatch_PoisonedEvent_IsPutOffAloneAndTriedAgainLater()
    {
        Guid? poisoned = null;
        await using var node = await StartAsync(new TestRoute("a") { IsPoison = e => e.Id == poisoned });
        var events = await node.EmitAsync(_tenant, [.. Enumerable.Range(0, 10).Select(_ => node.Event())]);
        poisoned = events[3].Id;

        await node.DispatchAllAsync(_tenant);

        Assert.Equal(events.Where(e => e.Id != poisoned).Select(e => e.Id), (await node.DeliveriesAsync(_tenant)).Select(d => d.EventId));
        await using (var db = node.OpenDb(_tenant))
        {
            var left = await db.OutboxEvents.SingleAsync(e => e.DispatchedAt == null);
            Assert.Equal(poisoned, left.Id);
            Assert.Equal(1, left.FailedDispatches);
            Assert.Equal(_clock.GetUtcNow().AddSeconds(5), left.NotBefore);
        }

        poisoned = null;
        await node.DispatchAllAsync(_tenant);
        Assert.Equal(9, (await node.DeliveriesAsync(_tenant)).Count);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await node.DispatchAllAsync(_tenant);
        Assert.Equal(10, (await node.DeliveriesAsync(_tenant)).Count);
    }

    [Fact]
    public async Task Dispatch_RouteThatFailsAfterWriting_LeavesNothingOfIt()
    {
        await using var node = await StartAsync(new TestRoute("a"), new TestRoute("b") { IsPoison = _ => true });
        await node.EmitAsync(_tenant);

        await node.DispatchAllAsync(_tenant);

        Assert.Empty(await node.DeliveriesAsync(_tenant));
        Assert.Equal(1, await PendingAsync(node));
    }

    [Fact]
    public async Task Dispatch_ManyEventsOfOneSubject_SignalsThemInOrderWithOneNotifyPerBatch()
    {
        await using var node = await StartAsync(new TestRoute("a"));
        await using var ear = await LiveEar.OpenAsync(postgres.Connections, _tenant);
        var ticket = Guid.CreateVersion7();
        foreach (var version in Enumerable.Range(1, FanOut.BatchSize))
            await node.EmitAsync(_tenant, "ticket.commented", ticket, version);

        await node.DispatchAllAsync(_tenant);

        await Until.TrueAsync("all are signalled", () => ear.Heard.Count == FanOut.BatchSize);
        Assert.Equal(Enumerable.Range(1, FanOut.BatchSize), ear.Heard.Select(s => s.Version));
        Assert.Single(ear.Payloads);
    }

    [Fact]
    public async Task Worker_EventsWithoutNudge_AreFoundByThePoll()
    {
        await using var writer = await StartAsync();
        await using var node = await MessagingNode.StartAsync(postgres.Connections, more: s => s.AddSingleton<IDeliveryRoute>(new TestRoute("a")), settings: ("Messaging:PollInterval", "00:00:00.1"));

        await writer.EmitAsync(_tenant);

        await Until.TrueAsync("the poll has found it", async () => await PendingAsync(node) == 0);
    }

    private Task<MessagingNode> StartAsync(params IDeliveryRoute[] routes) => MessagingNode.StartAsync(postgres.Connections, _clock, workers: false, more: services =>
    {
        foreach (var route in routes)
            services.AddSingleton(route);
    });

    private async Task<int> PendingAsync(MessagingNode node)
    {
        await using var db = node.OpenDb(_tenant);
        return await db.OutboxEvents.CountAsync(e => e.DispatchedAt == null);
    }
}
