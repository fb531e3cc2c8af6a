using Npgsql;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>
/// A private PostgreSQL cluster, used by any number of processes at once. The first that opens it starts the server, in a
/// session of its own so that neither Ctrl-C nor the death of that process takes it along; the last that closes it stops it.
/// While it is open, a server that dies is brought back on the same port.
/// </summary>
/// <remarks>
/// Two lock files keep processes from racing: a gate, held alone for the time of opening, restarting or closing, and a
/// use lock, shared by all users and taken only behind the gate. The system drops both when a process is killed.
/// </remarks>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>Two portals with full pools, a command beside them and the listeners fit in.</summary>
    public const int MaxConnections = 200;

    /// <summary>The cluster's superuser, which makes roles and databases and nothing else.</summary>
    public const string Superuser = "postgres";

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan GatePatience = TimeSpan.FromMinutes(3);

    private readonly CancellationTokenSource _closing = new();
    private readonly ClusterFolder _folder;
    private readonly ClusterServer _server;
    private readonly ILogger _logger;
    private FileStream? _use;
    private string _superuserPassword = "";
    private Task _watch = Task.CompletedTask;

    private EmbeddedPostgres(ClusterFolder folder, ClusterServer server, ILogger logger) =>
        (_folder, _server, _logger) = (folder, server, logger);

    /// <summary>The port on 127.0.0.1; it stays the same for as long as any process has the cluster open.</summary>
    public int Port { get; private set; }

    /// <summary>Whether no other process had the cluster open when this one opened it.</summary>
    public bool IsFirstUser { get; private set; }

    /// <summary>The process id of the server at this moment; null while it is down.</summary>
    public int? ServerProcessId => _server.Running()?.ProcessId;

    /// <summary>
    /// Opens the cluster: makes it when there is none, starts its server or attaches to the one that runs.
    /// </summary>
    /// <param name="options">Where and how.</param>
    /// <param name="logger">Where starts, stops and trouble are told.</param>
    /// <param name="prepare">Runs once the server is ready, while every other process that opens the cluster waits.</param>
    /// <param name="cancellationToken">Gives up; what was started is stopped again.</param>
    /// <exception cref="DatabaseSetupException">The cluster cannot be used; the message names cause and remedy.</exception>
    public static async Task<EmbeddedPostgres> OpenAsync(
        EmbeddedPostgresOptions options,
        ILogger logger,
        Func<EmbeddedPostgres, CancellationToken, Task>? prepare = null,
        CancellationToken cancellationToken = default)
    {
        var folder = new ClusterFolder(Path.GetFullPath(options.Directory), options.Durable);
        try
        {
            PrivateFile.CreateFolder(folder.Root);
            await using var gate = await EnterAsync(folder, cancellationToken)
                ?? throw new DatabaseSetupException($"Another process has been opening or closing {folder.Root} for {GatePatience.TotalMinutes} minutes.");
            var binaries = PostgresBinaries.Find(options.BinDirectory, folder.Major);
            var account = await PostgresAccount.ForAsync(folder.Cluster, cancellationToken);
            var opened = new EmbeddedPostgres(folder, new ClusterServer(folder, binaries, account, options.Durable, logger), logger);
            try
            {
                await opened.OpenBehindGateAsync(cancellationToken);
                if (prepare is not null)
                    await prepare(opened, cancellationToken);
            }
            catch
            {
                await opened.LeaveAsync();
                throw;
            }

            opened._watch = opened.WatchAsync(opened._closing.Token);
            return opened;
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new DatabaseSetupException(
                $"{folder.Root} belongs to another account: {denied.Message} Run the portal as that account, or set SecureBase:DataDirectory to a folder of your own.", denied);
        }
    }

    /// <summary>A connection string for a role of this cluster. Only a password proof is ever sent, and only to a server that proves it knows it too.</summary>
    public string ConnectionString(string role, string password, string database, int maxPoolSize) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = role,
        Password = password,
        Database = database,
        MaxPoolSize = maxPoolSize,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
        RequireAuth = "ScramSHA256",
        ApplicationName = "SecureBase",
    }.ConnectionString;

    /// <summary>The superuser's connection string, without a pool.</summary>
    public string SuperuserConnectionString(string database) =>
        ConnectionString(Superuser, _superuserPassword, database, 1) + ";Pooling=false";

    /// <summary>Leaves the cluster, and stops its server when no other process uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
            return;

        await _closing.CancelAsync();
        await _watch;
        await using var gate = await EnterAsync(_folder, CancellationToken.None);
        if (gate is null)
        {
            DatabaseLog.NotStopped(_logger, $"another process holds {_folder.GateLock}");
            _use?.Dispose();
        }
        else
        {
            await LeaveAsync();
        }

        _closing.Dispose();
    }

    private async Task OpenBehindGateAsync(CancellationToken cancellationToken)
    {
        using (var alone = TryLock(_folder.UsersLock, exclusive: true))
            IsFirstUser = alone is not null;

        _use = PrivateFile.OpenLock(_folder.UsersLock, exclusive: false);
        var state = _folder.ReadState() ?? new ClusterState(RoleCredentials.NewPassword(), ClusterServer.PickPort());
        _superuserPassword = state.SuperuserPassword;
        _folder.WriteState(state);
        if (_folder.Major is null)
            await _server.MakeAsync(state.SuperuserPassword, cancellationToken);

        var running = _server.Running();
        Port = await _server.StartAsync(state.Port, mayMove: true, cancellationToken);
        if (running is not null)
            DatabaseLog.Attached(_logger, Port);

        if (!await _server.TakesLoginAsync(SuperuserConnectionString("postgres"), cancellationToken))
            await ResetSuperuserAsync(cancellationToken);

        _folder.WriteState(state with { Port = Port });
    }

    private async Task ResetSuperuserAsync(CancellationToken cancellationToken)
    {
        if (!IsFirstUser)
        {
            throw new DatabaseSetupException(
                $"The password file in {_folder.Root} does not fit the server that other processes use. End them, and it is set anew at the next start.");
        }

        await _server.StopAsync(cancellationToken);
        await _server.SetSuperuserPasswordAsync(_superuserPassword, cancellationToken);
        Port = await _server.StartAsync(Port, mayMove: true, cancellationToken);
        if (!await _server.TakesLoginAsync(SuperuserConnectionString("postgres"), cancellationToken))
            throw new DatabaseSetupException($"PostgreSQL in {_folder.Cluster} refuses its superuser. See {_folder.Log}.");

        DatabaseLog.SuperuserReset(_logger);
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(WatchInterval, cancellationToken);
                if (_server.Running() is null)
                    await BringBackAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Closing ends the watch.
        }
    }

    private async Task BringBackAsync(CancellationToken cancellationToken)
    {
        DatabaseLog.Lost(_logger, Port);
        try
        {
            await using var gate = await EnterAsync(_folder, cancellationToken);
            if (gate is null)
                return;

            await _server.StartAsync(Port, mayMove: false, cancellationToken);
            await _server.TakesLoginAsync(SuperuserConnectionString("postgres"), cancellationToken);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // The portal lives on and reports itself not ready; the next round tries again.
            DatabaseLog.RestartFailed(_logger, failed);
        }
    }

    private async Task LeaveAsync()
    {
        _use?.Dispose();
        await using var alone = TryLock(_folder.UsersLock, exclusive: true);
        if (alone is null)
            DatabaseLog.LeftRunning(_logger);
        else
            await _server.StopAsync(CancellationToken.None);
    }

    private static async Task<FileStream?> EnterAsync(ClusterFolder folder, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(GatePatience);
        while (true)
        {
            if (TryLock(folder.GateLock, exclusive: true) is { } gate)
                return gate;

            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25), patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    private static FileStream? TryLock(string path, bool exclusive)
    {
        try
        {
            return PrivateFile.OpenLock(path, exclusive);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
