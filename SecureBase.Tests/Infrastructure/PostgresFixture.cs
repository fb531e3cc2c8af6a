using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Tests.Infrastructure;

/// <summary>
/// A migrated database for the tests of one class (<c>IClassFixture&lt;PostgresFixture&gt;</c>), in the cluster that all tests
/// share. A test that needs rows of nobody else takes a database of its own by <see cref="CreateDatabaseAsync"/>.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private TestDatabase? _database;

    public TestDatabase Database => _database ?? throw new InvalidOperationException("The fixture is not initialised.");

    public DatabaseConnections Connections => Database.Connections;

    public async Task InitializeAsync() => _database = await CreateDatabaseAsync();

    public static async Task<TestDatabase> CreateDatabaseAsync() => await (await TestCluster.GetAsync()).CreateDatabaseAsync();

    public async Task DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
