using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Tests.Infrastructure;

/// <summary>
/// One PostgreSQL for the whole test process: started at first use, stopped and its folder removed after the last test.
/// A test's database is a clone of a template that was migrated once.
/// </summary>
public sealed class TestCluster
{
    private const string FolderPrefix = "securebase-tests-";
    private const string Template = "securebase_template";
    private const string EmptyTemplate = "securebase_empty";

    private static readonly Lazy<Task<TestCluster>> Shared = new(StartAsync);
    private static int _databases;

    private readonly EmbeddedPostgres _postgres;
    private readonly RoleCredentials _credentials;

    private TestCluster(EmbeddedPostgres postgres, RoleCredentials credentials) => (_postgres, _credentials) = (postgres, credentials);

    public static Task<TestCluster> GetAsync() => Shared.Value;

    /// <summary>A database of its own with the present schema and no rows.</summary>
    public Task<TestDatabase> CreateDatabaseAsync() => CloneAsync(Template);

    /// <summary>A database of its own with roles and grants, before the first migration.</summary>
    public Task<TestDatabase> CreateEmptyDatabaseAsync() => CloneAsync(EmptyTemplate);

    /// <summary>The superuser's connection string, for tests that look behind the roles.</summary>
    public string SuperuserConnectionString(string database) => _postgres.SuperuserConnectionString(database);

    internal async Task DropAsync(string database)
    {
        await using var connection = new NpgsqlConnection(_postgres.SuperuserConnectionString("postgres"));
        await connection.OpenAsync();
        await ExecuteAsync(connection, $"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    }

    private async Task<TestDatabase> CloneAsync(string template)
    {
        var name = "test_" + Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture);
        await using var connection = new NpgsqlConnection(_postgres.SuperuserConnectionString("postgres"));
        await connection.OpenAsync();
        await ExecuteAsync(connection, $"CREATE DATABASE {name} TEMPLATE {template} OWNER {RoleScript.Owner} STRATEGY file_copy");

        // A clone does not take the template's rights on the database along.
        await ExecuteAsync(connection, $"REVOKE ALL ON DATABASE {name} FROM PUBLIC");
        await ExecuteAsync(connection, $"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {RoleScript.App}");
        await ExecuteAsync(connection, $"GRANT CONNECT ON DATABASE {name} TO {RoleScript.Staff}");
        return new TestDatabase(this, name, EmbeddedDatabase.Connections(_postgres, _credentials, name));
    }

    private static async Task<TestCluster> StartAsync()
    {
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), FolderPrefix + "*"))
            await RemoveIfUnusedAsync(left);

        var folder = Path.Combine(Path.GetTempPath(), FolderPrefix + Guid.CreateVersion7().ToString("N"));
        var postgres = await EmbeddedPostgres.OpenAsync(OptionsFor(folder), NullLogger.Instance);
        TestRun.AtEnd(() => RemoveAsync(postgres, folder));
        var credentials = RoleCredentials.Create(folder);
        var cluster = new TestCluster(postgres, credentials);
        await EmbeddedDatabase.CreateAsync(postgres, credentials, EmptyTemplate, CancellationToken.None);
        await EmbeddedDatabase.CreateAsync(postgres, credentials, Template, CancellationToken.None);
        var owner = EmbeddedDatabase.Connections(postgres, credentials, Template).Owner!;
        await PortalDatabase.MigrateAsync(owner + ";Pooling=false", CancellationToken.None);
        return cluster;
    }

    private static EmbeddedPostgresOptions OptionsFor(string folder) => new() { Directory = folder, Durable = false };

    /// <summary>Removes what a killed test process left; the folder of one that runs is in use and stays.</summary>
    private static async Task RemoveIfUnusedAsync(string folder)
    {
        if (!Directory.Exists(Path.Combine(folder, "cluster")))
            return;

        var postgres = await EmbeddedPostgres.OpenAsync(OptionsFor(folder), NullLogger.Instance);
        if (postgres.IsFirstUser)
            await RemoveAsync(postgres, folder);
        else
            await postgres.DisposeAsync();
    }

    private static async Task RemoveAsync(EmbeddedPostgres postgres, string folder)
    {
        await postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Names made here.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>One test's or one test class's database. Disposing drops it, whoever is still connected.</summary>
public sealed class TestDatabase(TestCluster cluster, string name, DatabaseConnections connections) : IAsyncDisposable
{
    public string Name => name;

    public DatabaseConnections Connections => connections;

    public string SuperuserConnectionString => cluster.SuperuserConnectionString(name);

    public async ValueTask DisposeAsync() => await cluster.DropAsync(name);
}
