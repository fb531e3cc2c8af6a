namespace SecureBase.Portal.Hosting.Database;

/// <summary>
/// The database this process works with: the administrator's server when <c>ConnectionStrings</c> name one, else a private
/// PostgreSQL in the data directory. Dispose it last, after everything that holds connections.
/// </summary>
public sealed class DatabaseHost : IAsyncDisposable
{
    public const string DataDirectorySetting = "SecureBase:DataDirectory";
    public const string BinDirectorySetting = "SecureBase:PostgresBinDirectory";
    public const string DefaultDataDirectory = ".data";

    private readonly EmbeddedPostgres? _embedded;

    private DatabaseHost(DatabaseConnections connections, EmbeddedPostgres? embedded) => (Connections, _embedded) = (connections, embedded);

    /// <summary>Connection strings of the three roles; they stay valid when an embedded server has to be restarted.</summary>
    public DatabaseConnections Connections { get; }

    /// <summary>Whether the server is the private one in the data directory.</summary>
    public bool IsEmbedded => _embedded is not null;

    /// <summary>Whether the server is embedded and no other process used it when this one opened it.</summary>
    public bool IsFirstUser => _embedded?.IsFirstUser == true;

    /// <summary>Opens the database.</summary>
    /// <param name="configuration">
    /// <c>ConnectionStrings:SecureBase</c> (owner), <c>SecureBaseApp</c> and <c>SecureBaseStaff</c>; without them
    /// <c>SecureBase:DataDirectory</c> and <c>SecureBase:PostgresBinDirectory</c>.
    /// </param>
    /// <param name="loggers">Where set-up and trouble are told.</param>
    /// <param name="prepare">
    /// For an embedded database only: runs when this process is its first user, while every other process that opens it waits,
    /// so none of them meets a database half migrated.
    /// </param>
    /// <param name="cancellationToken">Gives up; what was started is stopped again.</param>
    /// <exception cref="DatabaseSetupException">The database cannot be used as configured; the message says what to do.</exception>
    public static async Task<DatabaseHost> OpenAsync(
        IConfiguration configuration,
        ILoggerFactory loggers,
        Func<DatabaseConnections, CancellationToken, Task>? prepare = null,
        CancellationToken cancellationToken = default)
    {
        var logger = loggers.CreateLogger<DatabaseHost>();
        var dataDirectory = Path.GetFullPath(Setting(configuration[DataDirectorySetting]) ?? DefaultDataDirectory);
        var owner = Setting(configuration.GetConnectionString("SecureBase"));
        var app = Setting(configuration.GetConnectionString("SecureBaseApp"));
        var staff = Setting(configuration.GetConnectionString("SecureBaseStaff"));
        if (owner is null && app is null && staff is null)
            return await OpenEmbeddedAsync(dataDirectory, Setting(configuration[BinDirectorySetting]), logger, prepare, cancellationToken);

        var server = new ExternalServer(dataDirectory, logger);
        return new DatabaseHost(await server.ResolveAsync(owner, app, staff, cancellationToken), null);
    }

    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<DatabaseHost> OpenEmbeddedAsync(
        string dataDirectory,
        string? binDirectory,
        ILogger logger,
        Func<DatabaseConnections, CancellationToken, Task>? prepare,
        CancellationToken cancellationToken)
    {
        PrivateFile.CreateFolder(dataDirectory);
        DatabaseConnections? connections = null;
        var options = new EmbeddedPostgresOptions { Directory = Path.Combine(dataDirectory, "postgres"), BinDirectory = binDirectory };
        var embedded = await EmbeddedPostgres.OpenAsync(options, logger, PrepareAsync, cancellationToken);
        return new DatabaseHost(connections!, embedded);

        async Task PrepareAsync(EmbeddedPostgres postgres, CancellationToken cancellation)
        {
            var credentials = RoleCredentials.Read(dataDirectory) ?? RoleCredentials.Create(dataDirectory);
            connections = EmbeddedDatabase.Connections(postgres, credentials);
            if (await EmbeddedDatabase.EnsureAsync(postgres, credentials, cancellation))
                DatabaseLog.RolesCreated(logger, EmbeddedDatabase.Name);

            await RoleCheck.RequireAsync(connections, cancellation);
            if (postgres.IsFirstUser && prepare is not null)
                await prepare(connections, cancellation);
        }
    }

    private static string? Setting(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
