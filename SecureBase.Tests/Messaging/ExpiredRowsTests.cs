using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Messaging;

public sealed class ExpiredRowsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly Guid _tenant = Guid.CreateVersion7();
    private readonly Guid _other = Guid.CreateVersion7();

    [Fact]
    public async Task Purge_DeliveredAndDead_AreKeptThirtyDaysToTheSecond()
    {
        await using var node = await StartAsync();
        var (delivered, dead, theirs) = (await node.EmitAsync(_tenant), await node.EmitAsync(_tenant), await node.EmitAsync(_other));
        await FinishAsync(node, _tenant, delivered, DeliveryStatus.Succeeded);
        await FinishAsync(node, _tenant, dead, DeliveryStatus.Failed);
        await FinishAsync(node, _other, theirs, DeliveryStatus.Succeeded);

        _clock.Advance(ExpiredRows.DeliveryLog - Second);
        await PurgeAsync(node);
        Assert.Equal((2, 2), await CountAsync(node, _tenant));
        _clock.Advance(Second);
        await PurgeAsync(node);

        Assert.Equal((0, 0), await CountAsync(node, _tenant));
        Assert.Equal((1, 1), await CountAsync(node, _other));
    }

    [Fact]
    public async Task Purge_WhatIsUndelivered_IsKeptForEver()
    {
        await using var node = await StartAsync();
        await node.EmitAsync(_tenant);
        await node.DispatchAllAsync(_tenant);
        await node.EmitAsync(_tenant);

        _clock.Advance(TimeSpan.FromDays(400));
        await PurgeAsync(node);

        Assert.Equal((2, 1), await CountAsync(node, _tenant));
    }

    [Fact]
    public async Task Purge_MoreThanAStep_LeavesNothing()
    {
        await using var node = await MessagingNode.StartAsync(postgres.Connections, _clock, workers: false);
        await node.EmitAsync(_tenant, [.. Enumerable.Range(0, ExpiredRows.BatchSize + 1).Select(_ => node.Event())]);
        await node.DispatchAllAsync(_tenant);

        _clock.Advance(ExpiredRows.DeliveryLog);
        await PurgeAsync(node);

        Assert.Equal((0, 0), await CountAsync(node, _tenant));
    }

    [Fact]
    public async Task Purge_AnswersToIdempotencyKeys_AreKeptADayToTheSecond()
    {
        await using var node = await MessagingNode.StartAsync(postgres.Connections, _clock, workers: false);
        foreach (var tenant in new[] { _tenant, _other })
        {
            await using var db = node.OpenDb(tenant);
            db.IdempotentRequests.Add(new IdempotentRequest { CallerId = Guid.CreateVersion7(), Key = "once", RequestHash = [1], Result = "{}", CreatedAt = _clock.GetUtcNow() });
            await db.SaveChangesAsync();
        }

        _clock.Advance(IdempotentRequest.Lifetime - Second);
        await PurgeAsync(node);
        Assert.Equal(1, await RequestsAsync(_tenant));
        _clock.Advance(Second);
        await PurgeAsync(node);

        Assert.Equal(0, await RequestsAsync(_tenant));
        Assert.Equal(1, await RequestsAsync(_other));

        async Task<int> RequestsAsync(Guid tenant)
        {
            await using var db = node.OpenDb(tenant);
            return await db.IdempotentRequests.CountAsync();
        }
    }

    private Task<MessagingNode> StartAsync() => MessagingNode.StartAsync(postgres.Connections, _clock, workers: false, services => services.AddSingleton<IDeliveryRoute>(new TestRoute("a")));

    private async Task FinishAsync(MessagingNode node, Guid tenant, OutboxEvent happened, DeliveryStatus status)
    {
        await node.DispatchAllAsync(tenant);
        await using var db = node.OpenDb(tenant);
        Assert.Equal(1, await db.Deliveries.Where(d => d.EventId == happened.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.Status, status).SetProperty(d => d.FinishedAt, _clock.GetUtcNow())));
    }

    private async Task PurgeAsync(MessagingNode node)
    {
        await using var scope = Scope.For(node.Services, new TenantInfo(_tenant, "a-tenant", "A tenant", TenantKind.Customer, TenantStatus.Active, Plan.Standard, "Etc/UTC"), SystemActor.Instance);
        await scope.Get<ExpiredRows>().PurgeAsync(CancellationToken.None);
    }

    private static async Task<(int Events, int Deliveries)> CountAsync(MessagingNode node, Guid tenant)
    {
        await using var db = node.OpenDb(tenant);
        return (await db.OutboxEvents.CountAsync(), await db.Deliveries.CountAsync());
    }
}
