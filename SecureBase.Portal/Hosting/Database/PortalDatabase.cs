using SecureBase.Core.Persistence;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Secrets;
using SecureBase.Portal.Secrets;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>The database of this process, ready for use: opened, on this build's schema, with the master keys that belong to it.</summary>
internal sealed class PortalDatabase : IAsyncDisposable
{
    private readonly DatabaseHost _host;
    private readonly ILoggerFactory _loggers;

    private PortalDatabase(DatabaseHost host, IKeySource keySource, ILoggerFactory loggers) =>
        (_host, KeySource, Keys, _loggers) = (host, keySource, MasterKeys.Open(keySource, loggers), loggers);

    internal DatabaseConnections Connections => _host.Connections;
    internal bool IsEmbedded => _host.IsEmbedded;
    internal IKeySource KeySource { get; }
    internal KeyRing Keys { get; }

    /// <summary>
    /// Opens the database. A private one is migrated by its first user; a server of one's own in Development only, because in
    /// Production <c>migrate</c> does it before the new build serves (until then <c>/health/ready</c> says no).
    /// </summary>
    internal static async Task<PortalDatabase> OpenAsync(IConfiguration configuration, IHostEnvironment environment, bool mayMigrate = true, CancellationToken ct = default)
    {
        var loggers = LoggerFactory.Create(logging => logging.AddPortalConsole(configuration));
        var directory = Path.GetFullPath(configuration[DatabaseHost.DataDirectorySetting] is { Length: > 0 } set ? set : DatabaseHost.DefaultDataDirectory);
        var host = await DatabaseHost.OpenAsync(configuration, loggers, PrepareAsync, ct);
        try
        {
            if (mayMigrate && !host.IsEmbedded && environment.IsDevelopment() && host.Connections.Owner is { } owner)
                await MigrateAsync(owner, ct);
            var mayCreate = !host.IsEmbedded && environment.IsDevelopment();
            if (mayCreate)
                PrivateFile.CreateFolder(directory);
            return new PortalDatabase(host, MasterKeys.Locate(configuration, directory, mayCreate), loggers);
        }
        catch
        {
            await host.DisposeAsync();
            loggers.Dispose();
            throw;
        }

        // The first user of a private database makes its key too, while those that start beside it wait.
        async Task PrepareAsync(DatabaseConnections connections, CancellationToken cancellation)
        {
            await MigrateAsync(connections.Owner!, cancellation);
            MasterKeys.Locate(configuration, directory, mayCreate: true);
        }
    }

    /// <summary>Brings a database to this build's schema, with the tables of the schedule.</summary>
    /// <param name="owner">Connection string of the owner role.</param>
    /// <returns>What was done, in order; empty on a current database.</returns>
    internal static async Task<IReadOnlyList<string>> MigrateAsync(string owner, CancellationToken ct)
    {
        List<string> done = [.. await DatabaseMigrator.PendingAsync(owner, ct)];
        await DatabaseMigrator.MigrateAsync(owner, ct);
        if (await ScheduleSchema.ProvisionAsync(owner, ct))
            done.Add($"Quartz {ScheduleSchema.Version}");
        return done;
    }

    /// <summary>As <see cref="OpenAsync"/>; null when the set-up needs the administrator, who has been told on stderr.</summary>
    internal static async Task<PortalDatabase?> OpenOrExplainAsync(IConfiguration configuration, IHostEnvironment environment)
    {
        try
        {
            return await OpenAsync(configuration, environment);
        }
        catch (DatabaseSetupException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _loggers.Dispose();
    }
}
