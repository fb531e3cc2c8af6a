using Npgsql;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Hosting.Database;

public sealed class TemplateDatabaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task CreateDatabase_Twice_GivesTwoMigratedDatabasesThatShareNothing()
    {
        await using var other = await PostgresFixture.CreateDatabaseAsync();
        await Sql.ExecuteAsync(postgres.Connections.Owner!, "create table mine (id int)");

        Assert.Equal(0L, await Sql.ScalarAsync(other.Connections.Owner!, "select count(*) from pg_class where relname = 'mine'"));
        Assert.NotEqual(0L, await Sql.ScalarAsync(other.Connections.Owner!, """select count(*) from "__EFMigrationsHistory" """));
    }

    [Theory]
    [InlineData("app", "securebase_app")]
    [InlineData("staff", "securebase_staff")]
    public async Task Role_InAClone_SignsInButMakesNothing(string which, string role)
    {
        var connection = which == "app" ? postgres.Connections.App : postgres.Connections.Staff;

        Assert.Equal(role, await Sql.ScalarAsync(connection, "select current_user::text"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Sql.ExecuteAsync(connection, "create table public.theirs (id int)"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }
}
