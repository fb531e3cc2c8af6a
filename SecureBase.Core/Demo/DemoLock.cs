using Npgsql;

namespace SecureBase.Core.Demo;

/// <summary>Lets one process at a time do a part of the seeding; a killed one gives it up with its connection.</summary>
internal sealed class DemoLock : IAsyncDisposable
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlConnection _connection;

    private DemoLock(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Waits until nobody else holds the lock of that name.</summary>
    public static async Task<DemoLock> TakeAsync(NpgsqlDataSource source, string name, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection)
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = name } },
            };
            while (await command.ExecuteScalarAsync(ct) is not true)
                await Task.Delay(AskAgain, ct);
            return new DemoLock(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // Returned to the pool, the connection is reset before its next use, which would release the lock only then.
    public async ValueTask DisposeAsync()
    {
        await using (_connection)
        {
            if (_connection.State != System.Data.ConnectionState.Open)
                return;
            await using var unlock = new NpgsqlCommand("select pg_advisory_unlock_all()", _connection);
            await unlock.ExecuteNonQueryAsync();
        }
    }
}
