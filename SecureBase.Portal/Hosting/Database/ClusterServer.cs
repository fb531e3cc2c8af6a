using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>Makes, starts and stops the server of one cluster. Callers hold the cluster's gate.</summary>
internal sealed class ClusterServer(ClusterFolder folder, PostgresBinaries binaries, PostgresAccount account, bool durable, ILogger logger)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromMinutes(5);

    // Below the range from which systems lend ports to outgoing connections, so that none takes it while the server restarts.
    private const int LowestPort = 20_000;
    private const int HighestPort = 32_000;

    /// <summary>The server that holds the cluster now, ready or still recovering; null when there is none.</summary>
    public PostmasterFile? Running() => PostmasterFile.Read(folder.Cluster) is { } file && file.Serves(folder.Cluster) ? file : null;

    public static int PickPort(int? preferred = null)
    {
        if (preferred is { } port && IsFree(port))
            return port;

        for (var attempt = 0; attempt < 100; attempt++)
        {
            var candidate = RandomNumberGenerator.GetInt32(LowestPort, HighestPort);
            if (IsFree(candidate))
                return candidate;
        }

        throw new DatabaseSetupException($"No free port for PostgreSQL was found between {LowestPort} and {HighestPort}.");
    }

    /// <summary>Makes the cluster, with the superuser's password set before any network can reach it.</summary>
    public async Task MakeAsync(string superuserPassword, CancellationToken cancellationToken)
    {
        // What initdb left when it was interrupted never held data.
        if (Directory.Exists(folder.Unfinished))
            Directory.Delete(folder.Unfinished, recursive: true);

        PrivateFile.CreateFolder(folder.Unfinished);
        await account.TakeAsync(folder.Unfinished, cancellationToken);
        await account.RequireReachableAsync(folder.Unfinished, cancellationToken);
        List<string> arguments =
        [
            "-D", folder.Unfinished, "-U", EmbeddedPostgres.Superuser, "--auth=reject",
            "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
        ];
        if (!durable)
            arguments.Add("--no-sync");

        var made = await account.RunAsync(binaries.Program("initdb"), arguments, null, cancellationToken);
        if (!made.Succeeded)
            throw new DatabaseSetupException($"initdb could not make a cluster in {folder.Root}: {made.Output}");

        await SetSuperuserPasswordAsync(folder.Unfinished, superuserPassword, cancellationToken);
        Directory.Move(folder.Unfinished, folder.Cluster);
        DatabaseLog.ClusterMade(logger, binaries.Major, folder.Root);
    }

    /// <summary>Sets the password through the server's single-user mode, which needs no password but the files. The server must be stopped.</summary>
    public Task SetSuperuserPasswordAsync(string password, CancellationToken cancellationToken) =>
        SetSuperuserPasswordAsync(folder.Cluster, password, cancellationToken);

    /// <summary>
    /// Starts the server unless it runs. After a crash its processes or its lock file can stay for a moment, so a start that
    /// fails is tried again for half a minute. Crash recovery may still be going on when this returns.
    /// </summary>
    /// <param name="port">The port asked for.</param>
    /// <param name="mayMove">Whether another port will do when that one is taken.</param>
    /// <returns>The port the server listens on.</returns>
    public async Task<int> StartAsync(int port, bool mayMove, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await account.RequireReachableAsync(folder.Cluster, cancellationToken);
        while (true)
        {
            if (Running() is { } running)
                return running.Port;

            if (mayMove)
                port = PickPort(port);

            PostmasterFile.ForgetStranger(folder.Cluster);
            folder.RotateLog();
            folder.WriteSettings(port);
            var started = await account.RunAsync(
                binaries.Program("pg_ctl"), ["start", "-D", folder.Cluster, "-l", folder.Log, "-s", "-w", "-t", "30"], null, cancellationToken);
            if (started.Succeeded)
            {
                DatabaseLog.Started(logger, port, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                return port;
            }

            var reason = $"{started.Output.Trim()} {folder.TailOfLog()}".Trim();
            if (Stopwatch.GetElapsedTime(began) > StartPatience && Running() is null)
                throw new DatabaseSetupException($"PostgreSQL in {folder.Cluster} does not start: {reason}");

            DatabaseLog.StartRetried(logger, reason);
            await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
        }
    }

    /// <summary>Waits until the server takes a login, through crash recovery if there is one.</summary>
    /// <returns>False when it refuses the password.</returns>
    public async Task<bool> TakesLoginAsync(string connectionString, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(cancellationToken);
                return true;
            }
            catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
            {
                return false;
            }
            catch (NpgsqlException notYet) when (notYet.IsTransient && Stopwatch.GetElapsedTime(began) < RecoveryPatience && Running() is not null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
            catch (NpgsqlException failed)
            {
                throw new DatabaseSetupException($"PostgreSQL in {folder.Cluster} runs but takes no connections: {folder.TailOfLog()}", failed);
            }
        }
    }

    /// <summary>Stops the server; committed data survives either way.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Running() is null)
            return;

        if (!await StopAsync("fast", cancellationToken))
        {
            DatabaseLog.StoppedHard(logger);
            await StopAsync("immediate", cancellationToken);
        }

        DatabaseLog.Stopped(logger);
    }

    private async Task<bool> StopAsync(string mode, CancellationToken cancellationToken)
    {
        var stopped = await account.RunAsync(
            binaries.Program("pg_ctl"), ["stop", "-D", folder.Cluster, "-s", "-w", "-t", "30", "-m", mode], null, cancellationToken);
        return stopped.Succeeded || Running() is null;
    }

    private async Task SetSuperuserPasswordAsync(string cluster, string password, CancellationToken cancellationToken)
    {
        var statement = $"ALTER ROLE {EmbeddedPostgres.Superuser} PASSWORD '{ScramVerifier.For(password)}'\n";
        var result = await account.RunAsync(
            binaries.Program("postgres"),
            ["--single", "-D", cluster, "-c", "log_min_messages=error", "-c", "log_min_error_statement=panic", "postgres"],
            statement, cancellationToken);
        if (!result.Succeeded || result.Output.Contains("ERROR:", StringComparison.Ordinal))
            throw new DatabaseSetupException($"The superuser's password could not be set in {cluster}: {result.Output}");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
