using Npgsql;

namespace SecureBase.Tests.Infrastructure;

/// <summary>One statement over a connection of its own.</summary>
internal static class Sql
{
    public static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false;Command Timeout=300");
        await connection.OpenAsync();
#pragma warning disable CA2100 // Tests write their own SQL.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Keeps everyone else out of a table until disposed of.</summary>
    public static async Task<IAsyncDisposable> LockAsync(string connectionString, string table)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // Tests name their own tables.
        await using var command = new NpgsqlCommand($"begin; lock table {table} in access exclusive mode", connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    public static Task ExecuteAsync(string connectionString, string sql) => ScalarAsync(connectionString, sql);
}
