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

    public static Task ExecuteAsync(string connectionString, string sql) => ScalarAsync(connectionString, sql);
}
