using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Publishing;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Core.Webhooks;

namespace SecureBase.Bench.Webhooks;

/// <summary>A database, customers with endpoints on a receiver, and one node with the settings it has by default.</summary>
internal sealed class WebhookStage : IAsyncDisposable
{
    private const string Type = "usage.threshold_exceeded";

    private const string InsertEvents = """
        insert into outbox_events (id, tenant_id, type, subject_kind, subject_id, subject_version, occurred_at, data, silent, failed_dispatches)
        select gen_random_uuid(), ($1::uuid[])[1 + i % cardinality($1::uuid[])], 'usage.threshold_exceeded', 'usage', gen_random_uuid(), 0, clock_timestamp(),
          jsonb_build_object('metric', 'log-ingestion-' || i, 'unit', 'GB', 'threshold', 500, 'used', i, 'period_from', '2026-11-01', 'period_to', '2026-11-30', 'exceeded_at', '2026-11-18T12:00:00Z',
            'note', repeat('what a resource of ordinary size carries besides ', 10)), false, 0
        from generate_series(0, $2 - 1) i
        """;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly BenchDatabase _database;
    private readonly NpgsqlDataSource _owner;

    private WebhookStage(BenchDatabase database, ReceiverServer receiver, CreatedApiKey key)
    {
        (_database, Receiver, Key) = (database, receiver, key);
        _owner = new NpgsqlDataSourceBuilder(database.Connections.Owner!) { ConnectionStringBuilder = { CommandTimeout = 1_200 } }.Build();
    }

    public ReceiverServer Receiver { get; }

    /// <summary>The provider's, which may publish events.</summary>
    public CreatedApiKey Key { get; }

    public ServerProcess Node { get; private set; } = null!;

    public static async Task<WebhookStage> OpenAsync(CancellationToken ct)
    {
        var database = await BenchDatabase.CreateAsync(ct);
        var provider = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().EnsureOperatorAsync("SecureBase", "Etc/UTC", ct));
        await database.AgreeAsync(provider, requestsPerHour: 1_000_000_000, ct);
        var key = await database.RunAsync(provider, s => s.GetRequiredService<ApiKeyService>().CreateAsync(new NewApiKey { Name = "metering", Scopes = ["events:publish"] }, ct));
        return new WebhookStage(database, await ReceiverServer.StartAsync(ct), key);
    }

    /// <summary>Customers named after what they are for, each with an endpoint at each of the addresses.</summary>
    public async Task<IReadOnlyList<TenantInfo>> TenantsAsync(string name, int count, IReadOnlyList<string> urls, CancellationToken ct)
    {
        List<TenantInfo> tenants = [];
        for (var i = 0; i < count; i++)
        {
            var slug = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
            var tenant = await _database.RunAsync(null, s => s.GetRequiredService<TenantService>().CreateAsync(new NewTenant(slug, slug, Plan.Government, "Etc/UTC"), ct));
            foreach (var url in urls)
                await _database.RunAsync(tenant, s => s.GetRequiredService<WebhookEndpointService>().CreateAsync(new NewWebhook { Url = url, Events = [Type] }, ct));
            tenants.Add(tenant);
        }
        return tenants;
    }

    /// <summary>Starts the node; what was made before, it knows.</summary>
    public async Task StartNodeAsync(CancellationToken ct)
    {
        var settings = new Dictionary<string, string>(PortalSettings.For(_database)) { ["SecureBase__DataDirectory"] = _database.NodeFolder, ["RequestLimits__SmallestBurst"] = "1000000" };
        Node = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "SecureBase.Portal.dll"), [], settings, ct);
    }

    /// <summary>
    /// Commits so many events, as the product would have written them, evenly over the tenants and in one transaction. As the schema's owner, for no
    /// service commits so many at once.
    /// </summary>
    public Task CommitAsync(IReadOnlyList<TenantInfo> tenants, int events, CancellationToken ct) => ExecuteAsync(InsertEvents, tenants, events, ct);

    /// <summary>Commits so many deliveries to a tenant's one endpoint, with events that are fanned out, all due at this instant.</summary>
    public Task CommitDeliveriesAsync(TenantInfo tenant, int deliveries, CancellationToken ct) => ExecuteAsync($"""
        with happened as (
          {InsertEvents.Replace("silent, failed_dispatches)", "silent, failed_dispatches, dispatched_at)", StringComparison.Ordinal).Replace("false, 0", "false, 0, clock_timestamp()", StringComparison.Ordinal)}
          returning id, tenant_id, position, type, occurred_at, data),
        fixed as (
          insert into delivery_payloads (tenant_id, event_id, channel, body)
          select tenant_id, id, 'webhook', convert_to(jsonb_build_object('type', type, 'timestamp', occurred_at, 'data', data)::text, 'UTF8') from happened)
        insert into deliveries (id, tenant_id, event_id, channel, target, lane, sequence, status, attempt_count, earlier_attempts, next_attempt_at, created_at)
        select gen_random_uuid(), h.tenant_id, h.id, 'webhook', w.id::text, replace(w.id::text, '-', ''), h.position, 'pending', 0, 0, now(), now()
        from happened h join webhooks w on w.tenant_id = h.tenant_id
        """, [tenant], deliveries, ct);

    public async Task VacuumAsync(CancellationToken ct)
    {
        await using var command = _owner.CreateCommand("vacuum analyze");
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>How many deliveries to an address have succeeded.</summary>
    public async Task<long> SucceededAsync(IReadOnlyList<TenantInfo> tenants, string url, CancellationToken ct)
    {
        await using var command = _owner.CreateCommand("""
            select count(*) from deliveries d join webhooks w on w.tenant_id = d.tenant_id and d.target = w.id::text
            where d.tenant_id = any ($1) and d.status = 'succeeded' and w.url = $2
            """);
        command.Parameters.Add(Ids(tenants));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = url });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>How many endpoints of a tenant have this address.</summary>
    public async Task<long> EndpointsAsync(TenantInfo tenant, string url, CancellationToken ct)
    {
        await using var command = _owner.CreateCommand("select count(*) from webhooks where tenant_id = any ($1) and url = $2");
        command.Parameters.Add(Ids([tenant]));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = url });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Waits until every delivery of these tenants to this address is recorded as a success, or as failed for good.</summary>
    public async Task EndedAsync(IReadOnlyList<TenantInfo> tenants, string url, CancellationToken ct)
    {
        while (await IsUnderWayAsync(tenants, url, ct))
            await Task.Delay(Glance, ct);
    }

    /// <summary>Bodies as they were sent.</summary>
    public async Task<IReadOnlyList<byte[]>> BodiesAsync(int count, CancellationToken ct)
    {
        await using var command = _owner.CreateCommand("select body from delivery_payloads limit $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<byte[]> bodies = [];
        while (await reader.ReadAsync(ct))
            bodies.Add(await reader.GetFieldValueAsync<byte[]>(0, ct));
        return bodies;
    }

    public async ValueTask DisposeAsync()
    {
        if (Node is not null)
            await Node.DisposeAsync();
        await Receiver.DisposeAsync();
        await _owner.DisposeAsync();
        await _database.DisposeAsync();
    }

    // Both looks go by partial indexes of what is not done.
    private async Task<bool> IsUnderWayAsync(IReadOnlyList<TenantInfo> tenants, string url, CancellationToken ct)
    {
        await using var command = _owner.CreateCommand("""
            select exists (select from outbox_events e where e.tenant_id = any ($1) and e.dispatched_at is null)
              or exists (select from webhooks w join deliveries d on d.tenant_id = w.tenant_id and d.channel = 'webhook' and d.lane = replace(w.id::text, '-', '')
                         where w.tenant_id = any ($1) and w.url = $2 and d.status = 'pending')
            """);
        command.Parameters.Add(Ids(tenants));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = url });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task ExecuteAsync(string sql, IReadOnlyList<TenantInfo> tenants, int number, CancellationToken ct)
    {
#pragma warning disable CA2100 // Written above.
        await using var command = _owner.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.Add(Ids(tenants));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter<Guid[]> Ids(IReadOnlyList<TenantInfo> tenants) => new() { TypedValue = [.. tenants.Select(t => t.Id)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
}
