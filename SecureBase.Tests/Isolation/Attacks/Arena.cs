using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Rows;

namespace SecureBase.Tests.Isolation.Attacks;

/// <summary>A database in which two tenants have one row of every entity each, with all locks or with some taken off.</summary>
internal sealed class Arena : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private Arena(TestDatabase database)
    {
        _database = database;
        Source = new NpgsqlDataSourceBuilder(database.Connections.App).Build();
        Options = PersistenceFeature.Options<SecureBaseDb>(Source).Options;
        Victim = new RowPlanter(database.SuperuserConnectionString, Guid.CreateVersion7());
        Attacker = new RowPlanter(database.SuperuserConnectionString, Guid.CreateVersion7());
    }

    internal DatabaseConnections Connections => _database.Connections;

    internal NpgsqlDataSource Source { get; }

    internal DbContextOptions<SecureBaseDb> Options { get; }

    internal RowPlanter Victim { get; }

    internal RowPlanter Attacker { get; }

    internal static async Task<Arena> PrepareAsync(bool rowSecurity = true, bool constraints = true)
    {
        var arena = new Arena(await PostgresFixture.CreateDatabaseAsync());
        await arena.Victim.PlantAllAsync();
        await arena.Attacker.PlantAllAsync();
        if (!rowSecurity)
            await TakeOffRowSecurityAsync(arena._database);
        if (!constraints)
            await arena.TakeOffConstraintsAsync();
        return arena;
    }

    /// <inheritdoc cref="Fingerprint.OfAsync"/>
    internal Task<string> FingerprintAsync(Guid? tenantId = null) => Fingerprint.OfAsync(_database, tenantId ?? Victim.TenantId);

    /// <summary>Looks and works behind the roles.</summary>
    internal Task<object?> ScalarAsync(string sql) => Sql.ScalarAsync(_database.SuperuserConnectionString, sql);

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await _database.DisposeAsync();
    }

    internal static Task TakeOffRowSecurityAsync(TestDatabase database) => Sql.ExecuteAsync(database.SuperuserConnectionString, """
        do $$ declare t record; begin
          for t in select oid::regclass as name from pg_class where relrowsecurity loop
            execute format('alter table %s disable row level security', t.name);
          end loop;
        end $$
        """);

    private Task TakeOffConstraintsAsync() => Sql.ExecuteAsync(_database.SuperuserConnectionString, """
        do $$ declare k record; begin
          for k in select conrelid::regclass as name, conname from pg_constraint where contype in ('f', 'c') and connamespace = 'public'::regnamespace loop
            execute format('alter table %s drop constraint %I', k.name, k.conname);
          end loop;
        end $$
        """);
}
