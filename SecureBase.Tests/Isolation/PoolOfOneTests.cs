using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Attacks;

namespace SecureBase.Tests.Isolation;

/// <summary>
/// All tenants share one connection here. Whatever the one before did with it, the next sees its own rows, and nobody sees
/// none. The query filter is off throughout, so that only what the connection carries decides.
/// </summary>
public sealed class PoolOfOneTests : IAsyncLifetime
{
    private Arena _arena = null!;
    private NpgsqlDataSource _pool = null!;
    private DbContextOptions<SecureBaseDb> _options = null!;

    /// <summary>What a tenant can do with a connection and leave behind on it.</summary>
    public static TheoryData<string> Uses => new(AllUses.Keys);

    private static readonly Dictionary<string, Func<PoolOfOneTests, Guid, Task>> AllUses = new()
    {
        ["read"] = (test, tenant) => test.WithDbAsync(tenant, db => db.Tickets.ToListAsync()),
        ["read synchronously"] = (test, tenant) => test.WithDbAsync(tenant, db => Task.FromResult(db.Tickets.ToList())),
        ["read until its statement was prepared"] = (test, tenant) => test.WithDbAsync(tenant, async db =>
        {
            for (var i = 0; i < 10; i++)
                await db.Tickets.CountAsync();
        }),
        ["committed a transaction"] = (test, tenant) => test.InTransactionAsync(tenant, (_, transaction) => transaction.CommitAsync()),
        ["rolled a transaction back"] = (test, tenant) => test.InTransactionAsync(tenant, (_, transaction) => transaction.RollbackAsync()),
        ["left a transaction open"] = (test, tenant) => test.InTransactionAsync(tenant, (_, _) => Task.CompletedTask),
        ["failed in a transaction"] = (test, tenant) => test.InTransactionAsync(tenant, (db, _) => Assert.ThrowsAsync<PostgresException>(() => db.Database.ExecuteSqlAsync($"select 1 / 0"))),
        ["failed in a statement"] = (test, tenant) => test.WithDbAsync(tenant, db => Assert.ThrowsAsync<PostgresException>(() => db.Database.ExecuteSqlAsync($"select 1 / 0"))),
        ["was cancelled"] = (test, tenant) => test.WithDbAsync(tenant, test.CancelAsync),
        ["left a reader open"] = (test, tenant) => test.WithDbAsync(tenant, async db => Assert.True(await db.Tickets.AsAsyncEnumerable().GetAsyncEnumerator().MoveNextAsync())),
        ["left a cursor and a temporary table"] = (test, tenant) => test.WithDbAsync(tenant, db => db.Database.ExecuteSqlAsync(
            $"create temporary table kept as select * from tickets; declare held cursor with hold for select * from tickets")),
        ["bound the connection by SQL"] = async (test, tenant) =>
        {
            await using var connection = await test._pool.OpenForAsync(tenant, CancellationToken.None);
            Assert.Equal([tenant], await OwnersAsync(connection));
        },
        ["bound one transaction by SQL"] = async (test, tenant) =>
        {
            await using var connection = await test._pool.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var bind = new NpgsqlCommand("select set_config('app.tenant_id', $1, true)", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenant.ToString() } } })
                await bind.ExecuteNonQueryAsync();
            Assert.Equal([tenant], await OwnersAsync(connection));
            await transaction.CommitAsync();
        },
    };

    public async Task InitializeAsync()
    {
        _arena = await Arena.PrepareAsync();
        UsePool("");
    }

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _arena.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task WhateverTheTenantBeforeDid_TheNextSeesItsOwnRowsAndNobodySeesNone(string use)
    {
        var (one, other) = (_arena.Victim.TenantId, _arena.Attacker.TenantId);
        var server = await ServerProcessAsync();

        await AllUses[use](this, one);
        Assert.Equal([other], await SeenAsync(other));
        await AllUses[use](this, one);
        Assert.Equal([other], SeenSynchronously(other));
        await AllUses[use](this, other);
        Assert.Equal([one], await SeenAsync(one));
        await AllUses[use](this, one);
        Assert.Empty(await SeenAsync(null));
        await AllUses[use](this, one);
        Assert.Empty(SeenSynchronously(null));
        await AllUses[use](this, one);
        Assert.Empty(await SeenByUnboundConnectionAsync());

        Assert.Equal(server, await ServerProcessAsync());
    }

    [Fact]
    public async Task AContextWhileItsConnectionIsOpen_KeepsItsTenantOverManyCommands()
    {
        await using var db = Open(_arena.Victim.TenantId);
        await db.Database.OpenConnectionAsync();
        await using (await db.Database.BeginTransactionAsync())
            Assert.Equal([_arena.Victim.TenantId], await db.Tickets.Select(t => t.TenantId).Distinct().ToListAsync());
        Assert.Equal([_arena.Victim.TenantId], await db.Tickets.Select(t => t.TenantId).Distinct().ToListAsync());
    }

    [Fact]
    public async Task AContextThatIsUsedAgain_StaysWithItsTenant()
    {
        var (one, other) = (_arena.Victim.TenantId, _arena.Attacker.TenantId);
        using var contexts = new TenantDbPool(_options);
        SecureBaseDb first;
        await using (first = contexts.Take(one))
            Assert.Equal([one], await OwnersAsync(first));
        await using (var second = contexts.Take(other))
        {
            Assert.NotSame(first, second);
            Assert.Equal([other], await OwnersAsync(second));
            Assert.Throws<InvalidOperationException>(() => second.Bind(one));
        }
        await using (var again = contexts.Take(one))
        {
            Assert.Same(first, again);
            Assert.Equal([one], await OwnersAsync(again));
        }
        await using var nobodys = contexts.Take(null);
        Assert.Empty(await OwnersAsync(nobodys));

        static Task<List<Guid>> OwnersAsync(SecureBaseDb db) => db.Tickets.IgnoreQueryFilters().Select(t => t.TenantId).Distinct().ToListAsync();
    }

    /// <summary>A setting of a connection string that would keep one tenant's session for the next has no effect.</summary>
    [Theory]
    [InlineData("No Reset On Close=true")]
    [InlineData("Multiplexing=true")]
    public async Task APoolThatWasToldNotToForget_ForgetsAllTheSame(string setting)
    {
        await _pool.DisposeAsync();
        UsePool(setting);
        await using (var connection = await _pool.OpenForAsync(_arena.Victim.TenantId, CancellationToken.None))
            Assert.Equal([_arena.Victim.TenantId], await OwnersAsync(connection));
        Assert.Empty(await SeenByUnboundConnectionAsync());
        Assert.Equal([_arena.Attacker.TenantId], await SeenAsync(_arena.Attacker.TenantId));
    }

    private void UsePool(string more)
    {
        _pool = PersistenceFeature.DataSource($"{_arena.Connections.App};Maximum Pool Size=1;Timeout=60;Cancellation Timeout=0;{more}");
        _options = PersistenceFeature.Options<SecureBaseDb>(_pool).Options;
    }

    private UnfilteredDb Open(Guid? tenant) => new(_options, tenant);

    private async Task WithDbAsync(Guid tenant, Func<SecureBaseDb, Task> work)
    {
        await using var db = Open(tenant);
        await work(db);
    }

    private Task InTransactionAsync(Guid tenant, Func<SecureBaseDb, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction, Task> work) => WithDbAsync(tenant, async db =>
    {
        var transaction = await db.Database.BeginTransactionAsync();
        Assert.Equal([tenant], await db.Tickets.Select(t => t.TenantId).Distinct().ToListAsync());
        await work(db, transaction);
    });

    // Cancelled while the server is at it, and not before or after.
    private async Task CancelAsync(SecureBaseDb db)
    {
        using var cancel = new CancellationTokenSource();
        var command = db.Database.ExecuteSqlAsync($"select pg_sleep(60)", cancel.Token);
        await Until.TrueAsync("the statement runs", async () => await _arena.ScalarAsync(
            "select exists (select from pg_stat_activity where datname = current_database() and usename = 'securebase_app' and wait_event = 'PgSleep')") is true);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command);
    }

    private async Task<List<Guid>> SeenAsync(Guid? tenant)
    {
        await using var db = Open(tenant);
        return await db.Tickets.Select(t => t.TenantId).Distinct().ToListAsync();
    }

    private List<Guid> SeenSynchronously(Guid? tenant)
    {
        using var db = Open(tenant);
        return [.. db.Tickets.Select(t => t.TenantId).Distinct()];
    }

    private async Task<List<Guid>> SeenByUnboundConnectionAsync()
    {
        await using var connection = await _pool.OpenConnectionAsync();
        await using var left = new NpgsqlCommand("select count(*) from pg_class where relpersistence = 't' and pg_table_is_visible(oid)", connection);
        Assert.Equal(0L, await left.ExecuteScalarAsync());
        await using var cursors = new NpgsqlCommand("select count(*) from pg_cursors where is_holdable", connection);
        Assert.Equal(0L, await cursors.ExecuteScalarAsync());
        return await OwnersAsync(connection);
    }

    private static async Task<List<Guid>> OwnersAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select distinct tenant_id from tickets", connection);
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        List<Guid> owners = [];
        while (await reader.ReadAsync())
            owners.Add(reader.GetGuid(0));
        return owners;
    }

    private async Task<object?> ServerProcessAsync()
    {
        await using var connection = await _pool.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select pg_backend_pid()", connection);
        return await command.ExecuteScalarAsync();
    }
}
