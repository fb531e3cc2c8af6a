using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Persistence;

public sealed class DatabaseMigratorTests
{
    [Fact]
    public async Task Pending_NewDatabase_IsEveryMigrationInOrderAndNoneAfterMigrating()
    {
        await using var database = await (await TestCluster.GetAsync()).CreateEmptyDatabaseAsync();
        var owner = database.Connections.Owner!;
        await using var db = new SecureBaseDb(new DbContextOptionsBuilder<SecureBaseDb>().UseNpgsql(owner).Options, tenantId: null);

        Assert.Equal(db.Database.GetMigrations(), await DatabaseMigrator.PendingAsync(owner, CancellationToken.None));

        await DatabaseMigrator.MigrateAsync(owner, CancellationToken.None);

        Assert.Empty(await DatabaseMigrator.PendingAsync(owner, CancellationToken.None));
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }
}
