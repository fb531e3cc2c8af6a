using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;
using SecureBase.Portal;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Bench.Infrastructure;

/// <summary>A PostgreSQL of the benchmark's own, with this build's schema; gone when it is disposed.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly string _folder;
    private readonly DatabaseHost _host;
    private readonly ServiceProvider _services;
    private readonly SecretKey _key;

    private BenchDatabase(string folder, DatabaseHost host, ServiceProvider services, SecretKey key) => (_folder, _host, _services, _key) = (folder, host, services, key);

    public DatabaseConnections Connections => _host.Connections;

    public string MasterKey => _key.ToBase64();

    /// <summary>The server's process; null while it is down.</summary>
    public int? ServerProcess => Path.Combine(_folder, "postgres", "cluster") is var cluster && PostmasterFile.Read(cluster) is { } file && file.Serves(cluster) ? file.ProcessId : null;

    /// <summary>A folder for files of the nodes on this database.</summary>
    public string NodeFolder => Path.Combine(_folder, "nodes");

    public static async Task<BenchDatabase> CreateAsync(CancellationToken ct)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"sb-bench-{Guid.CreateVersion7():N}"[..20]);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("SecureBase:DataDirectory", folder), new("Webhooks:AllowedNetworks", PortalSettings.Loopback)]).Build();
        var loggers = LoggerFactory.Create(logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning));
        var host = await DatabaseHost.OpenAsync(configuration, loggers, (connections, ct) => PortalDatabase.MigrateAsync(connections.Owner!, ct), ct);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging();
        var key = SecretKey.New();
        Features.AddCore(services, host.Connections, KeyRing.Of(key));
        services.AddSingleton<IFreshness, AlwaysFresh>();
        return new BenchDatabase(folder, host, services.BuildServiceProvider(), key);
    }

    /// <summary>Runs a use case in the tenant's scope if one is given, as the product itself unless someone is named.</summary>
    public async Task<T> RunAsync<T>(TenantInfo? tenant, Func<IServiceProvider, Task<Result<T>>> work, Actor? actor = null)
    {
        await using var scope = _services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(actor ?? SystemActor.Instance);
        if (tenant is not null)
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        return (await work(scope.ServiceProvider)).Value;
    }

    /// <summary>Agrees on a number of API requests with a tenant, as staff would, before any portal has read it.</summary>
    public async Task AgreeAsync(TenantInfo tenant, int requestsPerHour, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(Connections.Owner!);
        await using var command = source.CreateCommand("update tenants set api_requests_quota = $1 where id = $2");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = requestsPerHour });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tenant.Id });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class AlwaysFresh : IFreshness
    {
        public bool IsFresh => true;
    }
}
