using Npgsql;
using SecureBase.Core.Scheduling;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Scheduling;

public sealed class ScheduleSchemaTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Tables = "select count(*) from pg_class where relnamespace = 'quartz'::regnamespace and relkind = 'r'";

    [Fact]
    public async Task Provision_SeveralAtOnce_MakesTheTablesOnce_AndNothingAfterwards()
    {
        await using var database = await (await TestCluster.GetAsync()).CreateEmptyDatabaseAsync();
        var owner = database.Connections.Owner!;

        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => ScheduleSchema.ProvisionAsync(owner, CancellationToken.None))));

        Assert.Single(made, did => did);
        Assert.True(await Sql.ScalarAsync(database.SuperuserConnectionString, Tables) is > 10L);
        Assert.False(await ScheduleSchema.ProvisionAsync(owner, CancellationToken.None));
    }

    [Fact]
    public async Task Provision_AfterACrashHalfWay_MakesTheRest()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        var all = await Sql.ScalarAsync(database.SuperuserConnectionString, Tables);
        await Sql.ExecuteAsync(database.SuperuserConnectionString, "drop table quartz.qrtz_calendars, quartz.qrtz_locks; comment on schema quartz is null");

        Assert.True(await ScheduleSchema.ProvisionAsync(database.Connections.Owner!, CancellationToken.None));

        Assert.Equal(all, await Sql.ScalarAsync(database.SuperuserConnectionString, Tables));
    }

    [Theory]
    [InlineData("Quartz 99.0.0", true)]
    [InlineData("Quartz 4.0.0", false)]
    [InlineData("somebody's own", false)]
    public async Task IsCurrent_GoesByTheNote(string note, bool current)
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await Sql.ExecuteAsync(database.SuperuserConnectionString, $"comment on schema quartz is '{note.Replace("'", "''", StringComparison.Ordinal)}'");
        await using var app = new NpgsqlConnection(database.Connections.App + ";Pooling=false");
        await app.OpenAsync();

        Assert.Equal(current, await ScheduleSchema.IsCurrentAsync(app, CancellationToken.None));
    }

    [Theory]
    [InlineData("create table quartz.mine (id int)")]
    [InlineData("drop table quartz.qrtz_triggers cascade")]
    [InlineData("alter table quartz.qrtz_triggers add column mine int")]
    [InlineData("truncate quartz.qrtz_fired_triggers")]
    [InlineData("create index mine on quartz.qrtz_triggers (job_name)")]
    [InlineData("comment on schema quartz is 'mine'")]
    public async Task AppRole_ChangesNothingOfTheSchema(string statement)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Sql.ExecuteAsync(postgres.Connections.App, statement));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task StaffRole_SeesNothingOfTheSchema()
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Sql.ExecuteAsync(postgres.Connections.Staff, "select * from quartz.qrtz_triggers"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }
}
