using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>What is kept beside a cluster: the superuser's password and the port it was last served on.</summary>
internal sealed record ClusterState(string SuperuserPassword, int Port);

/// <summary>
/// The files of an embedded cluster. <c>cluster/</c> belongs to PostgreSQL's account; everything beside it to the portal's.
/// </summary>
internal sealed class ClusterFolder(string root, bool durable)
{
    private const int LongestLog = 16 * 1024 * 1024;

    public string Root { get; } = root;

    public string Cluster => Path.Combine(Root, "cluster");

    /// <summary>Where a new cluster is made, so that one half made is never taken for whole.</summary>
    public string Unfinished => Path.Combine(Root, "cluster.unfinished");

    /// <summary>Held exclusively by whoever opens, starts or stops the cluster, for as long as that takes.</summary>
    public string GateLock => Path.Combine(Root, "gate.lock");

    /// <summary>Shared by every process that uses the cluster, for as long as it does.</summary>
    public string UsersLock => Path.Combine(Root, "users.lock");

    public string Log => Path.Combine(Cluster, "server.log");

    private string State => Path.Combine(Root, "cluster.json");

    public int? Major => File.Exists(Path.Combine(Cluster, "PG_VERSION"))
        ? int.Parse(File.ReadAllText(Path.Combine(Cluster, "PG_VERSION")), CultureInfo.InvariantCulture)
        : null;

    public ClusterState? ReadState()
    {
        if (!File.Exists(State))
            return null;

        try
        {
            return JsonSerializer.Deserialize<ClusterState>(File.ReadAllBytes(State));
        }
        catch (JsonException malformed)
        {
            throw new DatabaseSetupException($"{State} is damaged. Remove it, and new passwords are set at the next start.", malformed);
        }
    }

    public void WriteState(ClusterState state) => PrivateFile.Write(State, JsonSerializer.SerializeToUtf8Bytes(state));

    /// <summary>
    /// Writes the server's settings. The files are the portal's own and are written anew at every start, so that an
    /// upgrade brings its settings along; <c>local.conf</c> in the same folder is the administrator's and has the last word.
    /// </summary>
    public void WriteSettings(int port)
    {
        File.WriteAllText(Path.Combine(Cluster, "pg_hba.conf"), """
            # Written by SecureBase at every start: loopback and a password, nothing else.
            host all all 127.0.0.1/32 scram-sha-256

            """);

        var settings = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            # Written by SecureBase at every start. Put settings of your own in local.conf.
            listen_addresses = '127.0.0.1'
            port = {port}
            unix_socket_directories = ''
            password_encryption = 'scram-sha-256'
            cluster_name = 'securebase'
            max_connections = {EmbeddedPostgres.MaxConnections}
            shared_buffers = '256MB'
            work_mem = '8MB'
            maintenance_work_mem = '128MB'
            effective_cache_size = '1GB'
            random_page_cost = 1.1
            max_wal_size = '1GB'
            jit = off
            # A plan made while a table was empty may read all of a tenant's rows; it goes with the first statistics, so they come early.
            autovacuum_naptime = '5s'
            timezone = 'UTC'
            log_timezone = 'UTC'
            lc_messages = 'C'
            log_line_prefix = '%m [%p] %q%u@%d '
            log_checkpoints = off

            """));
        if (!durable)
        {
            settings.Append("""
                fsync = off
                full_page_writes = off

                """);
        }

        settings.Append("include_if_exists = 'local.conf'\n");
        File.WriteAllText(Path.Combine(Cluster, "postgresql.conf"), settings.ToString());
    }

    /// <summary>Keeps the server's log bounded: one earlier file is kept.</summary>
    public void RotateLog()
    {
        if (new FileInfo(Log) is { Exists: true, Length: > LongestLog })
            File.Move(Log, Log + ".1", overwrite: true);
    }

    public string TailOfLog()
    {
        if (!File.Exists(Log))
            return "";

        using var log = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Seek(-Math.Min(log.Length, 2000), SeekOrigin.End);
        using var reader = new StreamReader(log);
        return reader.ReadToEnd().Trim();
    }
}
