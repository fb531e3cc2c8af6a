using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Access;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Tests.Messaging;

/// <summary>One node without HTTP: persistence, access and messaging composed as the portal composes them.</summary>
internal sealed class MessagingNode : IAsyncDisposable
{
    private readonly IHost _host;
    private int _events;

    private MessagingNode(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;
    public FanOut FanOut => Services.GetRequiredService<FanOut>();
    public DeliveryQueue Queue => Services.GetRequiredService<DeliveryQueue>();
    public LiveSignals Signals => Services.GetRequiredService<LiveSignals>();
    public OutboxNudge Nudge => Services.GetRequiredService<OutboxNudge>();

    /// <param name="workers">Whether fan-out, delivery and the listener run by themselves.</param>
    public static async Task<MessagingNode> StartAsync(
        DatabaseConnections database, TimeProvider? clock = null, bool workers = true, Action<IServiceCollection>? more = null, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var (key, value) in settings)
            builder.Configuration[key] = value;
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddPersistence(new DatabaseRoles(database.App, database.Staff));
        builder.Services.AddAccess();
        builder.Services.AddMessaging();
        if (workers)
            builder.Services.AddMessagingWorkers();
        more?.Invoke(builder.Services);
        var node = new MessagingNode(builder.Build());
        await node._host.StartAsync();
        if (workers)
            await node.Services.GetRequiredService<LiveSignalListener>().Started;
        return node;
    }

    /// <summary>
    /// Before each test of a class that shares a database: a node of the next test would send what the last one left, and be one
    /// attempt ahead of what its test expects.
    /// </summary>
    public static async Task ForgetAllAsync(DatabaseConnections database)
    {
        await using var source = NpgsqlDataSource.Create(database.Owner!);
        await using var command = source.CreateCommand("truncate outbox_events, delivery_lanes, delivery_tallies cascade");
        await command.ExecuteNonQueryAsync();
    }

    public SecureBaseDb OpenDb(Guid tenantId) => new(Services.GetRequiredService<DbContextOptions<SecureBaseDb>>(), tenantId);

    /// <summary>Commits an event and nudges this node, as a use case would.</summary>
    public async Task<OutboxEvent> EmitAsync(Guid tenantId, string type = "ticket.updated", Guid? subjectId = null, int version = 1, bool silent = false, string? data = null) =>
        (await EmitAsync(tenantId, [Event(type, subjectId, version, silent, data)]))[0];

    public async Task<IReadOnlyList<OutboxEvent>> EmitAsync(Guid tenantId, IReadOnlyList<OutboxEvent> events)
    {
        await using var db = OpenDb(tenantId);
        db.OutboxEvents.AddRange(events);
        await db.SaveChangesAsync();
        Nudge.Committed(tenantId);
        return events;
    }

    public OutboxEvent Event(string type = "ticket.updated", Guid? subjectId = null, int version = 1, bool silent = false, string? data = null) => new()
    {
        Id = Guid.CreateVersion7(Services.GetRequiredService<TimeProvider>().GetUtcNow().AddMilliseconds(Interlocked.Increment(ref _events))),
        Type = type,
        SubjectKind = "ticket",
        SubjectId = subjectId ?? Guid.CreateVersion7(),
        SubjectVersion = version,
        OccurredAt = Services.GetRequiredService<TimeProvider>().GetUtcNow(),
        Silent = silent,
        Data = data,
    };

    /// <summary>Runs fan-out for the tenant until nothing is left, as the worker would.</summary>
    public async Task DispatchAllAsync(Guid tenantId)
    {
        while (await FanOut.DispatchAsync(tenantId, CancellationToken.None) != FanOutTurn.Idle)
        {
        }
    }

    public async Task<List<Delivery>> DeliveriesAsync(Guid tenantId)
    {
        await using var db = OpenDb(tenantId);
        return await db.Deliveries.AsNoTracking().Include(d => d.Attempts.OrderBy(a => a.Number)).Include(d => d.Event).OrderBy(d => d.Event.Position).ToListAsync();
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>A channel whose receivers are the test.</summary>
internal sealed class TestChannel(Func<DeliveryWork, CancellationToken, Task<DeliveryOutcome>> send, string name = "test") : IDeliveryChannel
{
    private readonly List<DeliveryWork> _sent = [];

    public TestChannel(DeliveryOutcome? always = null) : this((_, _) => Task.FromResult(always ?? new DeliveryOutcome.Delivered()))
    {
    }

    public string Name => name;
    public DeliveryPolicy Policy { get; init; } = new() { RetrySchedule = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)] };

    /// <summary>Attempts so far, in the order they began.</summary>
    public IReadOnlyList<DeliveryWork> Sent
    {
        get
        {
            lock (_sent)
                return [.. _sent];
        }
    }

    public Task<DeliveryOutcome> SendAsync(DeliveryWork work, CancellationToken ct)
    {
        lock (_sent)
            _sent.Add(work);
        return send(work, ct);
    }
}

/// <summary>Sends every event to the named targets, each in a lane of its own.</summary>
internal sealed class TestRoute(params string[] targets) : IDeliveryRoute
{
    public Func<OutboxEvent, bool> IsPoison { get; init; } = _ => false;
    public Func<OutboxEvent, bool> Wants { get; init; } = _ => true;
    public string Channel { get; init; } = "test";
    public bool Ordered { get; init; }

    public Task RouteAsync(FanOutBatch batch, CancellationToken ct)
    {
        foreach (var happened in batch.Events)
        {
            if (IsPoison(happened))
                throw new InvalidDataException("This event cannot be routed.");
            foreach (var target in targets.Where(_ => Wants(happened)))
                batch.Deliver(happened, Channel, target, lane: target, Ordered);
        }
        return Task.CompletedTask;
    }
}
