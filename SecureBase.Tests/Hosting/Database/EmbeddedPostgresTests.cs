using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Hosting.Database;

/// <summary>Real servers and processes; a second user in this process holds locks of its own, as another process would.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Cluster => _folder["postgres"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_NewFolder_ListensOnLoopbackOnlyAndAcceptsNothingButScram()
    {
        await using var postgres = await OpenAsync();
        var admin = postgres.SuperuserConnectionString("postgres");

        Assert.Equal("127.0.0.1", await Sql.ScalarAsync(admin, "show listen_addresses"));
        Assert.Equal("", await Sql.ScalarAsync(admin, "show unix_socket_directories"));
        Assert.Equal("on", await Sql.ScalarAsync(admin, "show data_checksums"));
        Assert.Equal("host scram-sha-256", await Sql.ScalarAsync(admin, "select string_agg(type || ' ' || auth_method, ',') from pg_hba_file_rules"));

        await Sql.ExecuteAsync(admin, "set password_encryption = 'md5'; create role old_fashioned login password 'x'");
        var md5 = new NpgsqlConnectionStringBuilder(admin) { Username = "old_fashioned", Password = "x", RequireAuth = null }.ConnectionString;
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Sql.ScalarAsync(md5, "select 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        var guess = new NpgsqlConnectionStringBuilder(admin) { Password = "guess" }.ConnectionString;
        refused = await Assert.ThrowsAsync<PostgresException>(() => Sql.ScalarAsync(guess, "select 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task Open_NewFolder_RunsInItsOwnSessionUnderAnOrdinaryAccount()
    {
        await using var postgres = await OpenAsync();

        var status = await File.ReadAllLinesAsync($"/proc/{postgres.ServerProcessId}/status");
        var uids = status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1..];
        Assert.DoesNotContain("0", uids);
        Assert.NotEqual(SessionOf(Environment.ProcessId), SessionOf(postgres.ServerProcessId!.Value));
    }

    [Fact]
    public async Task Open_NewFolder_KeepsThePasswordFromOtherAccounts()
    {
        await using var postgres = await OpenAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Cluster, "cluster.json")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Cluster, "cluster")));
    }

    [Fact]
    public async Task Open_SecondUser_AttachesAndTheLastOneOutStopsTheServer()
    {
        var first = await OpenAsync();
        var second = await OpenAsync();

        Assert.True(first.IsFirstUser);
        Assert.False(second.IsFirstUser);
        Assert.Equal(first.Port, second.Port);
        Assert.Equal(first.ServerProcessId, second.ServerProcessId);

        await first.DisposeAsync();
        Assert.Equal(1, await Sql.ScalarAsync(second.SuperuserConnectionString("postgres"), "select 1"));
        await second.DisposeAsync();
        Assert.Null(second.ServerProcessId);
        Assert.Contains("database system is shut down", await File.ReadAllTextAsync(Path.Combine(Cluster, "cluster", "server.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ManyComingAndGoingAtOnce_EachFindsAServerThatStaysUntilItLeaves()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            for (var round = 0; round < 4; round++)
            {
                await using var postgres = await OpenAsync();
                for (var use = 0; use < 5; use++)
                    Assert.Equal(1, await Sql.ScalarAsync(postgres.SuperuserConnectionString("postgres"), "select 1"));
            }
        }));

        Assert.False(File.Exists(Path.Combine(Cluster, "cluster", "postmaster.pid")));
    }

    [Fact]
    public async Task Watch_ServerKilled_ComesBackOnTheSamePortWithEveryCommittedRow()
    {
        await using var postgres = await OpenAsync();
        await using var other = await OpenAsync();
        await using var pool = NpgsqlDataSource.Create(postgres.ConnectionString(
            EmbeddedPostgres.Superuser, new NpgsqlConnectionStringBuilder(postgres.SuperuserConnectionString("postgres")).Password!, "postgres", 5));
        await using (var create = pool.CreateCommand("create table kept as select generate_series(1, 1000) as id"))
            await create.ExecuteNonQueryAsync();

        var (killed, port) = (postgres.ServerProcessId!.Value, postgres.Port);
        Kill(killed);

        // A pooled connection may still be answered by an orphan of the old server for an instant.
        await Until.TrueAsync("another server runs", () => postgres.ServerProcessId is { } present && present != killed);
        await Until.TrueAsync("the pool answers again", async () => await CountAsync() == 1000L);
        Assert.Equal(port, postgres.Port);
        Assert.Equal(1000L, await Sql.ScalarAsync(other.SuperuserConnectionString("postgres"), "select count(*) from kept"));

        async Task<long?> CountAsync()
        {
            try
            {
                await using var count = pool.CreateCommand("select count(*) from kept");
                return await count.ExecuteScalarAsync() as long?;
            }
            catch (NpgsqlException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task Open_UserKilled_FindsTheServerStillRunningAndStopsItInTheEnd()
    {
        var killed = await ClusterHolder.StartAsync(Cluster);
        await killed.KillAsync();

        await using (var postgres = await OpenAsync())
        {
            Assert.True(postgres.IsFirstUser);
            Assert.Equal(killed.Port, postgres.Port);
            var log = await File.ReadAllTextAsync(Path.Combine(Cluster, "cluster", "server.log"));
            Assert.DoesNotContain("shutting down", log, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Path.Combine(Cluster, "cluster", "postmaster.pid")));
    }

    [Fact]
    public async Task Open_UserAndServerKilled_StartsOnTheSamePort()
    {
        var holder = await ClusterHolder.StartAsync(Cluster);
        var server = int.Parse((await File.ReadAllLinesAsync(Path.Combine(Cluster, "cluster", "postmaster.pid")))[0], CultureInfo.InvariantCulture);
        await holder.KillAsync();
        Kill(server);

        await using var postgres = await OpenAsync();

        Assert.Equal(holder.Port, postgres.Port);
        Assert.NotEqual(server, postgres.ServerProcessId);
    }

    [Fact]
    public async Task Open_AnotherProcessUsesTheCluster_IsNotFirstAndLeavesTheServerToIt()
    {
        await using var holder = await ClusterHolder.StartAsync(Cluster);

        var postgres = await OpenAsync();
        Assert.False(postgres.IsFirstUser);
        Assert.Equal(holder.Port, postgres.Port);
        var server = postgres.ServerProcessId;
        await postgres.DisposeAsync();

        Assert.Equal(server, postgres.ServerProcessId);
    }

    [Fact]
    public async Task Open_LockFileNamesAnUnrelatedProcess_StartsAllTheSame()
    {
        await (await OpenAsync()).DisposeAsync();
        var file = Path.Combine(Cluster, "cluster", "postmaster.pid");
        await File.WriteAllTextAsync(file, $"{Environment.ProcessId}\n{Cluster}/cluster\n1\n5432\n\n127.0.0.1\n0 0\nready   \n");

        await using var postgres = await OpenAsync();

        Assert.Equal(1, await Sql.ScalarAsync(postgres.SuperuserConnectionString("postgres"), "select 1"));
    }

    [Fact]
    public async Task Open_FormerPortTaken_MovesToAnother()
    {
        var before = await OpenAsync();
        await before.DisposeAsync();
        using var squatter = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, before.Port);
        squatter.Start();

        await using var postgres = await OpenAsync();

        Assert.NotEqual(before.Port, postgres.Port);
        Assert.Equal(1, await Sql.ScalarAsync(postgres.SuperuserConnectionString("postgres"), "select 1"));
    }

    [Fact]
    public async Task Open_PasswordFileLost_SetsANewPasswordAndKeepsTheData()
    {
        await using (var before = await OpenAsync())
            await Sql.ExecuteAsync(before.SuperuserConnectionString("postgres"), "create table kept (id int)");
        File.Delete(Path.Combine(Cluster, "cluster.json"));

        await using var postgres = await OpenAsync();

        Assert.Equal(0L, await Sql.ScalarAsync(postgres.SuperuserConnectionString("postgres"), "select count(*) from kept"));
    }

    [Fact]
    public async Task Open_InitialisationWasInterrupted_BeginsAnew()
    {
        Directory.CreateDirectory(Path.Combine(Cluster, "cluster.unfinished", "base"));

        await using var postgres = await OpenAsync();

        Assert.Equal(1, await Sql.ScalarAsync(postgres.SuperuserConnectionString("postgres"), "select 1"));
    }

    [Fact]
    public async Task Open_FilesOfAVersionNotInstalled_NamesItAndChangesNothing()
    {
        await (await OpenAsync()).DisposeAsync();
        var version = Path.Combine(Cluster, "cluster", "PG_VERSION");
        var control = await File.ReadAllBytesAsync(Path.Combine(Cluster, "cluster", "global", "pg_control"));
        await File.WriteAllTextAsync(version, "14\n");

        var refused = await Assert.ThrowsAsync<DatabaseSetupException>(OpenAsync);

        Assert.Contains("postgresql-14", refused.Message, StringComparison.Ordinal);
        Assert.Equal(control, await File.ReadAllBytesAsync(Path.Combine(Cluster, "cluster", "global", "pg_control")));
    }

    [Fact]
    public async Task Open_ConfiguredProgramsMissing_NamesTheSetting()
    {
        var options = ClusterHolder.Options(Cluster) with { BinDirectory = _folder["nothing"] };

        var refused = await Assert.ThrowsAsync<DatabaseSetupException>(() => EmbeddedPostgres.OpenAsync(options, NullLogger.Instance));

        Assert.Contains("SecureBase:PostgresBinDirectory", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FolderClosedToTheAccount_NamesTheFolderAndTheRemedyWhenRoot()
    {
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!Environment.IsPrivilegedProcess)
        {
            // An ordinary account runs the server itself, so its own closed folder is no obstacle.
            await using var postgres = await OpenAsync();
            Assert.NotNull(postgres.ServerProcessId);
            return;
        }

        var refused = await Assert.ThrowsAsync<DatabaseSetupException>(OpenAsync);

        Assert.Contains($"chmod o+x '{_folder.Path}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_PreparationFails_StopsWhatItStarted()
    {
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => EmbeddedPostgres.OpenAsync(
            ClusterHolder.Options(Cluster), NullLogger.Instance, (_, _) => throw new InvalidTimeZoneException()));

        Assert.False(File.Exists(Path.Combine(Cluster, "cluster", "postmaster.pid")));
        await using var again = await OpenAsync();
        Assert.True(again.IsFirstUser);
    }

    private Task<EmbeddedPostgres> OpenAsync() => EmbeddedPostgres.OpenAsync(ClusterHolder.Options(Cluster), NullLogger.Instance);

    private static void Kill(int process)
    {
        using var victim = System.Diagnostics.Process.GetProcessById(process);
        victim.Kill();
    }

    private static string SessionOf(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3];
    }
}
