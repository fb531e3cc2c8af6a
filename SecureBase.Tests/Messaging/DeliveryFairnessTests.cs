using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Messaging;

/// <summary>What one tenant, lane or delivery cannot do to the others.</summary>
public sealed class DeliveryFairnessTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly (string, string) QuickPoll = ("Messaging:PollInterval", "00:00:00.05");

    private readonly Guid _tenant = Guid.CreateVersion7();

    public Task InitializeAsync() => MessagingNode.ForgetAllAsync(postgres.Connections);

    public Task DisposeAsync() => Task.CompletedTask;

    // How long it takes depends on the machine; how much of the large tenant's goes first does not.
    [Fact]
    public async Task TenantWithABacklog_DelaysAnothersSingleEventByNoMoreThanItsTurns()
    {
        const int backlog = 6_000;
        var other = Guid.CreateVersion7();
        var channel = new TestChannel();
        await using (var writer = await MessagingNode.StartAsync(postgres.Connections, workers: false))
        {
            for (var written = 0; written < backlog; written += 1_000)
                await writer.EmitAsync(_tenant, [.. Enumerable.Range(0, 1_000).Select(_ => writer.Event())]);
        }
        await using var node = await StartAsync(channel, new TestRoute("a"));
        await Until.TrueAsync("the large tenant is being served", () => channel.Sent.Count > 50);

        var happened = await node.EmitAsync(other);
        var committed = TimeProvider.System.GetUtcNow();

        await Until.TrueAsync("the small tenant is served", () => channel.Sent.Any(w => w.TenantId == other));
        await using (var db = node.OpenDb(other))
            happened = await db.OutboxEvents.AsNoTracking().SingleAsync(e => e.Id == happened.Id);
        await using (var db = node.OpenDb(_tenant))
        {
            Assert.InRange(await db.OutboxEvents.CountAsync(e => e.DispatchedAt > committed && e.DispatchedAt < happened.DispatchedAt), 0, 2 * FanOut.BatchSize);
            var delivery = (await node.DeliveriesAsync(other)).Single();
            var before = await db.DeliveryAttempts.CountAsync(a => a.At > delivery.CreatedAt && a.At < delivery.Attempts.Single().At);
            Assert.InRange(before, 0, backlog / 6);
        }
    }

    [Fact]
    public async Task SlowLanesThatFillEveryPlace_DelayNoOtherLaneAndNoOtherTenant()
    {
        var stuck = new TaskCompletionSource();
        var other = Guid.CreateVersion7();
        var channel = new TestChannel(async (work, ct) =>
        {
            if (work.Target.StartsWith("slow", StringComparison.Ordinal) && work.TenantId == _tenant)
                await stuck.Task.WaitAsync(ct);
            return new DeliveryOutcome.Delivered();
        })
        {
            Policy = new DeliveryPolicy { RetrySchedule = [], Timeout = TimeSpan.FromMinutes(5), Concurrency = 4, ConcurrencyPerTenant = 4, ConcurrencyPerLane = 2, HasPlaceForEachLane = true },
        };
        await using var node = await StartAsync(channel, new TestRoute("slow1", "slow2", "quick"));
        await node.EmitAsync(_tenant, [.. Enumerable.Range(0, 20).Select(_ => node.Event())]);
        await Until.TrueAsync("every place is taken", () => channel.Sent.Count(w => w.Target != "quick") >= 4);

        await node.EmitAsync(other);

        await Until.TrueAsync("the quick lane has everything", async () => (await node.DeliveriesAsync(_tenant)).Count(d => d is { Target: "quick", Status: DeliveryStatus.Succeeded }) == 20);
        await Until.TrueAsync("the other tenant has everything", async () => (await node.DeliveriesAsync(other)) is { Count: 3 } all && all.All(d => d.Status == DeliveryStatus.Succeeded));
        Assert.Equal(4, channel.Sent.Count(w => w.TenantId == _tenant && w.Target != "quick"));
        stuck.SetResult();
        await Until.TrueAsync("then the slow ones too", async () => (await node.DeliveriesAsync(_tenant)).All(d => d.Status == DeliveryStatus.Succeeded));
    }

    // More tenants than outcomes are recorded of at once.
    [Fact]
    public async Task TenantsWhoseOrderSomebodyHolds_DelayTheRecordOfNoOther()
    {
        const int recorders = 3;
        var other = Guid.CreateVersion7();
        var held = Enumerable.Range(0, recorders + 2).Select(_ => Guid.CreateVersion7()).ToList();
        var answer = new TaskCompletionSource();
        var channel = new TestChannel(async (work, ct) =>
        {
            if (work.TenantId != other)
                await answer.Task.WaitAsync(ct);
            return new DeliveryOutcome.Delivered();
        })
        {
            Policy = new DeliveryPolicy { RetrySchedule = [], Timeout = TimeSpan.FromMinutes(5) },
        };
        await using var node = await StartAsync(channel, new TestRoute("a") { Ordered = true });
        foreach (var tenant in held)
            await node.EmitAsync(tenant);
        await Until.TrueAsync("all are under way", () => held.All(tenant => channel.Sent.Any(work => work.TenantId == tenant)));
        var holders = new List<SecureBaseDb>();
        foreach (var tenant in held)
        {
            holders.Add(node.OpenDb(tenant));
            await holders[^1].Database.BeginTransactionAsync();
            await holders[^1].LockOrderAsync(["a"], CancellationToken.None);
        }
        answer.SetResult();
        await Until.TrueAsync("as many wait as can be recorded of at once", async () => await Sql.ScalarAsync(postgres.Database.SuperuserConnectionString,
            "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())") is >= (long)recorders);

        await node.EmitAsync(other);

        await Until.TrueAsync("the other's is recorded", async () => (await node.DeliveriesAsync(other)) is [{ Status: DeliveryStatus.Succeeded }], seconds: 20);
        foreach (var holder in holders)
            await holder.DisposeAsync();
        foreach (var tenant in held)
            await Until.TrueAsync("theirs too, then", async () => (await node.DeliveriesAsync(tenant)) is [{ Status: DeliveryStatus.Succeeded }]);
        Assert.Equal(held.Count + 1, channel.Sent.Count(work => work.TenantId == other || held.Contains(work.TenantId)));
    }

    // Words of receivers come from outside: what PostgreSQL cannot store must neither stop the recording nor repeat the attempt.
    [Theory]
    [InlineData(0)]
    [InlineData(0xD800)] // half a character
    public async Task AnswerThatCannotBeStored_IsRecordedWithoutIt_AndHoldsNobodyUp(int code)
    {
        var words = $"It answered {(char)code}.";
        var channel = new TestChannel((work, _) => Task.FromResult<DeliveryOutcome>(work.Data == "\"bad\""
            ? new DeliveryOutcome.Dead(words) { Exchange = new HttpExchange { Url = words, RequestHeaders = [] } }
            : new DeliveryOutcome.Delivered()));
        await using var node = await StartAsync(channel, new TestRoute("a"));

        await node.EmitAsync(_tenant, [.. Enumerable.Range(0, 40).Select(i => node.Event(data: i == 7 ? "\"bad\"" : "\"good\""))]);

        await Until.TrueAsync("all are over", async () => (await node.DeliveriesAsync(_tenant)) is { Count: 40 } all && all.All(d => d.FinishedAt is not null));
        var bad = Assert.Single(await node.DeliveriesAsync(_tenant), d => d.Status == DeliveryStatus.Failed);
        Assert.Equal((AttemptOutcome.Dead, "The attempt failed with words that cannot be stored."), (bad.Attempts.Single().Outcome, bad.Attempts.Single().Error));
        Assert.Equal(40, channel.Sent.Count);
    }

    private Task<MessagingNode> StartAsync(TestChannel channel, TestRoute route) => MessagingNode.StartAsync(postgres.Connections, more: services =>
    {
        services.AddSingleton<IDeliveryChannel>(channel);
        services.AddSingleton<IDeliveryRoute>(route);
    }, settings: QuickPoll);
}
