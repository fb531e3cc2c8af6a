using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace SecureBase.Core.Persistence;

/// <summary>Brings a database to this build's schema.</summary>
public static class DatabaseMigrator
{
    /// <summary>Applies what is missing; does nothing on a current database. Safe to run from several processes at once.</summary>
    /// <param name="ownerConnection">Connection string of the owner role.</param>
    public static async Task MigrateAsync(string ownerConnection, CancellationToken ct)
    {
        // EF compares whole models before it finds nothing to do, which would be most of the portal's start-up time.
        if ((await PendingAsync(ownerConnection, ct)).Count == 0)
            return;

        await using var db = new SecureBaseDb(new DbContextOptionsBuilder<SecureBaseDb>().UseNpgsql(ownerConnection).Options, tenantId: null);
        await db.Database.MigrateAsync(ct);
    }

    /// <summary>The migrations this build has and the database lacks, oldest first.</summary>
    public static async Task<IReadOnlyList<string>> PendingAsync(string ownerConnection, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(ct);
        var applied = await AppliedAsync(connection, ct);
        return [.. typeof(DatabaseMigrator).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<MigrationAttribute>(inherit: false)?.Id)
            .OfType<string>()
            .Where(id => !applied.Contains(id))
            .Order(StringComparer.Ordinal)];
    }

    private static async Task<HashSet<string>> AppliedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        HashSet<string> applied = [];
        try
        {
            await using var command = new NpgsqlCommand("""select "MigrationId" from public."__EFMigrationsHistory" """, connection);
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
                applied.Add(rows.GetString(0));
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // A database before its first migration.
        }

        return applied;
    }
}
