using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Hosting.Database;

[UnsupportedOSPlatform("windows")]
public sealed class DatabaseHostTests : IDisposable
{
    private const string WhoAmI = "select current_user || ' ' || (select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user)::text";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_NoConnectionString_OffersThreeRolesWithoutSpecialRights()
    {
        await using var host = await OpenAsync();

        Assert.True(host.IsEmbedded);
        Assert.Equal("securebase_owner false", await Sql.ScalarAsync(host.Connections.Owner!, WhoAmI));
        Assert.Equal("securebase_app false", await Sql.ScalarAsync(host.Connections.App, WhoAmI));
        Assert.Equal("securebase_staff false", await Sql.ScalarAsync(host.Connections.Staff, WhoAmI));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(RoleCredentials.PathIn(_folder["data"])));
    }

    [Fact]
    public async Task Open_NoConnectionString_PoolsOfTwoPortalsFitTheServer()
    {
        await using var host = await OpenAsync();

        var pools = new[] { host.Connections.Owner!, host.Connections.App, host.Connections.Staff }
            .Sum(connection => new NpgsqlConnectionStringBuilder(connection).MaxPoolSize);
        var most = int.Parse((string)(await Sql.ScalarAsync(host.Connections.App, "show max_connections"))!, CultureInfo.InvariantCulture);
        Assert.InRange(2 * pools, 1, most - 20);
    }

    [Fact]
    public async Task Open_SeveralAtOnceOnANewFolder_OnlyTheFirstPreparesAndTheOthersWaitForIt()
    {
        var preparations = 0;
        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => OpenAsync(prepare: async (connections, cancellation) =>
        {
            Interlocked.Increment(ref preparations);
            await DatabaseMigrator.MigrateAsync(connections.Owner!, cancellation);
        })));

        foreach (var host in hosts)
            Assert.Equal(0L, await Sql.ScalarAsync(host.Connections.App, "select count(*) from tickets"));
        foreach (var host in hosts)
            await host.DisposeAsync();
        Assert.Equal(1, preparations);
        Assert.Single(hosts, host => host.IsFirstUser);
    }

    [Fact]
    public async Task Open_Again_FindsDataAndPasswordsOfBefore()
    {
        DatabaseConnections before;
        await using (var host = await OpenAsync())
        {
            before = host.Connections;
            await Sql.ExecuteAsync(before.Owner!, "create table kept as select 42 as answer");
        }

        await using var again = await OpenAsync();

        Assert.Equal(before, again.Connections);
        Assert.Equal(42, await Sql.ScalarAsync(again.Connections.Owner!, "select answer from kept"));
    }

    [Fact]
    public async Task Open_RolePasswordsLost_SetsNewOnesAndKeepsTheData()
    {
        await using (var host = await OpenAsync())
            await Sql.ExecuteAsync(host.Connections.Owner!, "create table kept as select 42 as answer");
        File.Delete(RoleCredentials.PathIn(_folder["data"]));

        await using var again = await OpenAsync();

        Assert.Equal(42, await Sql.ScalarAsync(again.Connections.Owner!, "select answer from kept"));
        Assert.Equal("securebase_staff false", await Sql.ScalarAsync(again.Connections.Staff, WhoAmI));
    }

    [Fact]
    public async Task Open_ServerGivenAndLoginMayCreateRoles_MakesThemOnceAndMigrates()
    {
        await using var server = await ForeignServer.StartAsync(_folder);
        var login = await server.CreateLoginAsync("shop_admin", "CREATEROLE");

        await using (var host = await OpenAsync(("SecureBase", login)))
        {
            Assert.False(host.IsEmbedded);
            Assert.Equal(login, host.Connections.Owner);
            await DatabaseMigrator.MigrateAsync(host.Connections.Owner!, CancellationToken.None);
            Assert.Equal(0L, await Sql.ScalarAsync(host.Connections.App, "select count(*) from tickets"));
        }

        await using var again = await OpenAsync(("SecureBase", login));
        Assert.Equal("securebase_app false", await Sql.ScalarAsync(again.Connections.App, WhoAmI));
        Assert.Equal("securebase_staff false", await Sql.ScalarAsync(again.Connections.Staff, WhoAmI));
    }

    [Fact]
    public async Task Open_ServerGivenAsSuperuser_WorksAsOwnerRoleAndNeverAsSuperuser()
    {
        await using var server = await ForeignServer.StartAsync(_folder);
        await server.CreateLoginAsync("nobody_special", "");

        await using var host = await OpenAsync(("SecureBase", server.Superuser));

        Assert.Equal("securebase_owner false", await Sql.ScalarAsync(host.Connections.Owner!, WhoAmI));
        await DatabaseMigrator.MigrateAsync(host.Connections.Owner!, CancellationToken.None);
        Assert.Equal(0L, await Sql.ScalarAsync(host.Connections.Staff, "select count(*) from tickets"));
    }

    [Fact]
    public async Task Open_LoginMayNotCreateRoles_PrintsTheSqlThatThenWorks()
    {
        await using var server = await ForeignServer.StartAsync(_folder);
        var login = await server.CreateLoginAsync("Shop \"Owner\"", "");

        var refused = await Assert.ThrowsAsync<DatabaseSetupException>(() => OpenAsync(("SecureBase", login)));

        var sql = refused.Message[refused.Message.IndexOf("DO $$", StringComparison.Ordinal)..]
            .Replace("<password of the application>", "one", StringComparison.Ordinal)
            .Replace("<password of the staff role>", "two", StringComparison.Ordinal);
        await Sql.ExecuteAsync(server.Superuser, sql);
        await Sql.ExecuteAsync(server.Superuser, sql);
        await using var host = await OpenAsync(
            ("SecureBase", login), ("SecureBaseApp", server.As("securebase_app", "one")), ("SecureBaseStaff", server.As("securebase_staff", "two")));
        await DatabaseMigrator.MigrateAsync(host.Connections.Owner!, CancellationToken.None);
        Assert.Equal(0L, await Sql.ScalarAsync(host.Connections.App, "select count(*) from tickets"));
    }

    [Fact]
    public async Task Open_RolesMadeByAnotherNode_AsksForTheirPasswordsAndChangesNone()
    {
        await using var server = await ForeignServer.StartAsync(_folder);
        var login = await server.CreateLoginAsync("shop_admin", "CREATEROLE");
        await using var node = await OpenAsync(("SecureBase", login));
        File.Move(RoleCredentials.PathIn(_folder["data"]), _folder["elsewhere.json"]);

        var refused = await Assert.ThrowsAsync<DatabaseSetupException>(() => OpenAsync(("SecureBase", login)));

        Assert.Contains("ConnectionStrings:SecureBaseApp", refused.Message, StringComparison.Ordinal);
        Assert.Equal("securebase_app false", await Sql.ScalarAsync(node.Connections.App, WhoAmI));
    }

    [Fact]
    public async Task Open_StaffRoleMayBypassRowSecurity_IsRefusedAndNamed()
    {
        await using var server = await ForeignServer.StartAsync(_folder);
        var app = await server.CreateLoginAsync("app", "");
        var staff = await server.CreateLoginAsync("staff", "BYPASSRLS");

        var refused = await Assert.ThrowsAsync<DatabaseSetupException>(() => OpenAsync(("SecureBaseApp", app), ("SecureBaseStaff", staff)));

        Assert.Contains("ConnectionStrings:SecureBaseStaff", refused.Message, StringComparison.Ordinal);
        Assert.Contains("BYPASSRLS", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OnlyRunningRolesGiven_HasNoOwner()
    {
        await using var server = await ForeignServer.StartAsync(_folder);

        await using var host = await OpenAsync(
            ("SecureBaseApp", await server.CreateLoginAsync("app", "")), ("SecureBaseStaff", await server.CreateLoginAsync("staff", "")));

        Assert.Null(host.Connections.Owner);
    }

    [Fact]
    public async Task Open_OneOfTheRunningRolesMissing_NamesBothSettings()
    {
        var refused = await Assert.ThrowsAsync<DatabaseSetupException>(() => OpenAsync(("SecureBase", "Host=127.0.0.1"), ("SecureBaseApp", "Host=127.0.0.1")));

        Assert.Contains("ConnectionStrings:SecureBaseStaff", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Nonsense=1", "not a connection string")]
    [InlineData("Host=127.0.0.1;Port=PORT;Username=app;Password=wrong;Database=shop", "cannot be used")]
    public async Task Open_ConnectionStringUnusable_NamesTheSetting(string connection, string expected)
    {
        await using var server = await ForeignServer.StartAsync(_folder);
        var usable = connection.Replace("PORT", server.Port, StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<DatabaseSetupException>(() => OpenAsync(("SecureBase", usable)));

        Assert.Contains("ConnectionStrings:SecureBase", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private Task<DatabaseHost> OpenAsync(params (string Name, string Value)[] connections) => OpenAsync(null, connections);

    private Task<DatabaseHost> OpenAsync(Func<DatabaseConnections, CancellationToken, Task>? prepare, params (string Name, string Value)[] connections)
    {
        var settings = connections.ToDictionary(c => $"ConnectionStrings:{c.Name}", string? (c) => c.Value);
        settings[DatabaseHost.DataDirectorySetting] = _folder["data"];
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return DatabaseHost.OpenAsync(configuration, NullLoggerFactory.Instance, prepare);
    }

    /// <summary>An administrator's server: a cluster without any of the portal's roles, with a database "shop".</summary>
    private sealed class ForeignServer(EmbeddedPostgres postgres) : IAsyncDisposable
    {
        private const string Database = "shop";

        public string Superuser => postgres.SuperuserConnectionString(Database);

        public string Port => postgres.Port.ToString(CultureInfo.InvariantCulture);

        public static async Task<ForeignServer> StartAsync(TestFolder folder)
        {
            var postgres = await EmbeddedPostgres.OpenAsync(ClusterHolder.Options(folder["foreign"]), NullLogger.Instance);
            await Sql.ExecuteAsync(postgres.SuperuserConnectionString("postgres"), $"create database {Database}");
            return new ForeignServer(postgres);
        }

        public string As(string role, string password) => new NpgsqlConnectionStringBuilder(Superuser) { Username = role, Password = password }.ConnectionString;

        /// <summary>A login with the given attributes; the first one made owns the database.</summary>
        public async Task<string> CreateLoginAsync(string name, string attributes)
        {
            var quoted = RoleScript.Name(name);
            await Sql.ExecuteAsync(Superuser, $"create role {quoted} login {attributes} password 'secret'");
            if (await Sql.ScalarAsync(Superuser, "select datdba::regrole::text from pg_database where datname = 'shop'") is "postgres")
                await Sql.ExecuteAsync(Superuser, $"alter database {Database} owner to {quoted}");
            return As(name, "secret");
        }

        public ValueTask DisposeAsync() => postgres.DisposeAsync();
    }
}
