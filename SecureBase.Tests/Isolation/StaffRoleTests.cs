using Npgsql;
using SecureBase.Tests.Isolation.Attacks;
using SecureBase.Tests.Isolation.Rows;

#pragma warning disable CA2100 // Statements over every table there is are made of the model's names.

namespace SecureBase.Tests.Isolation;

/// <summary>The two roles that look at a customer's rows from opposite sides: staff read over all tenants and write nowhere; customers never read what staff write among themselves.</summary>
public sealed class StaffRoleTests : IAsyncLifetime
{
    private Arena _arena = null!;

    public async Task InitializeAsync() => _arena = await Arena.PrepareAsync();

    public Task DisposeAsync() => _arena.DisposeAsync().AsTask();

    [Fact]
    public async Task Staff_WriteToNoTable()
    {
        await using var source = NpgsqlDataSource.Create(_arena.Connections.Staff);
        foreach (var boundTo in new Guid?[] { null, _arena.Victim.TenantId })
        {
            foreach (var entity in TenantModel.Entities)
            {
                var (table, owner) = (TenantModel.Table(entity), RowPlanter.Quote(TenantModel.Column(TenantModel.Owner(entity))));
                await DeniedAsync(source, boundTo, $"insert into {table}", connection => RowPlanter.Insert(connection, _arena.Victim.Another(entity)));
                await DeniedAsync(source, boundTo, $"update {table} set {owner} = {owner}");
                await DeniedAsync(source, boundTo, $"delete from {table}");
                await DeniedAsync(source, boundTo, $"truncate {table} cascade");
                await DeniedAsync(source, boundTo, $"select from {table} for update");
            }
        }
    }

    [Fact]
    public async Task Staff_CannotBecomeAnyOtherRole()
    {
        await using var source = NpgsqlDataSource.Create(_arena.Connections.Staff);
        foreach (var role in new[] { "securebase_owner", "securebase_app", "securebase_router" })
        {
            await DeniedAsync(source, null, $"set role {role}");
            await DeniedAsync(source, null, $"set session authorization {role}");
        }
    }

    [Theory]
    [InlineData("select count(*) from internal_notes")]
    [InlineData("select body from internal_notes")]
    [InlineData("select t.number from tickets t where exists (select from internal_notes n where n.ticket_id = t.id)")]
    [InlineData("copy internal_notes (body) to stdout")]
    [InlineData("update internal_notes set body = body")]
    [InlineData("delete from internal_notes")]
    [InlineData("create temporary table taken as select * from internal_notes")]
    public async Task Customers_NeverReadInternalNotes(string sql)
    {
        await DeniedAsync(_arena.Source, _arena.Victim.TenantId, sql);
        await using var staff = NpgsqlDataSource.Create(_arena.Connections.Staff);
        await using var count = staff.CreateCommand("select count(*) from internal_notes");
        Assert.Equal(2L, await count.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("returning body")]
    [InlineData("on conflict (id) do update set body = internal_notes.body")]
    public async Task Customers_WhoAddANote_StillReadNone(string suffix)
    {
        var notes = TenantModel.Entities.Single(e => TenantModel.Table(e) == "internal_notes");
        await DeniedAsync(_arena.Source, _arena.Victim.TenantId, $"insert into internal_notes … {suffix}", connection => RowPlanter.Insert(connection, _arena.Victim.Another(notes), suffix));
    }

    private static async Task DeniedAsync(NpgsqlDataSource source, Guid? boundTo, string sql, Func<NpgsqlConnection, NpgsqlCommand>? make = null)
    {
        await using var connection = await source.OpenConnectionAsync();
        if (boundTo is { } tenant)
        {
            await using var bind = new NpgsqlCommand("select set_config('app.tenant_id', $1, false)", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenant.ToString() } } };
            await bind.ExecuteNonQueryAsync();
        }
        await using var command = make?.Invoke(connection) ?? new NpgsqlCommand(sql, connection);
        var refusal = await Record.ExceptionAsync(() => command.ExecuteNonQueryAsync());
        Assert.True(refusal is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }, $"{sql}: expected the database to deny it, but got {refusal?.Message ?? "no error"}.");
    }
}
