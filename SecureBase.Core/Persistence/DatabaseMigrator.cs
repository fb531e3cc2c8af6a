using Microsoft.EntityFrameworkCore;

namespace SecureBase.Core.Persistence;

/// <summary>Brings a database to this build's schema.</summary>
public static class DatabaseMigrator
{
    /// <summary>Applies what is missing; does nothing on a current database. Safe to run from several processes at once.</summary>
    /// <param name="ownerConnection">Connection string of the owner role.</param>
    public static async Task MigrateAsync(string ownerConnection, CancellationToken ct)
    {
        await using var db = Open(ownerConnection);
        await db.Database.MigrateAsync(ct);
    }

    /// <summary>The migrations this build has and the database lacks.</summary>
    public static async Task<IReadOnlyList<string>> PendingAsync(string ownerConnection, CancellationToken ct)
    {
        await using var db = Open(ownerConnection);
        return [.. await db.Database.GetPendingMigrationsAsync(ct)];
    }

    private static SecureBaseDb Open(string ownerConnection) =>
        new(new DbContextOptionsBuilder<SecureBaseDb>().UseNpgsql(ownerConnection).Options, tenantId: null);
}
