using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Isolation.Rows;

#pragma warning disable CA2100 // Statements over every table there is are made of the model's names.

namespace SecureBase.Tests.Isolation.Attacks;

/// <summary>One attacker before one table: whose connection it is, what is its own, and what it is after.</summary>
internal sealed class Assault(Arena arena, IEntityType entity, Guid? attacker, bool filterOn)
{
    internal IEntityType Entity => entity;

    internal string Table => TenantModel.Table(entity);

    internal string OwnerColumn => RowPlanter.Quote(TenantModel.Column(TenantModel.Owner(entity)));

    internal PlantedRow Own => arena.Attacker[entity];

    internal PlantedRow Theirs => arena.Victim[entity];

    internal RowPlanter Victim => arena.Victim;

    internal RowPlanter AttackersOwn => arena.Attacker;

    internal Guid VictimId => arena.Victim.TenantId;

    internal Guid AttackerId => arena.Attacker.TenantId;

    /// <summary>Whether the tenant alone is the key, so that it can have one row only.</summary>
    internal bool IsOnePerTenant => entity.FindPrimaryKey()!.Properties is [var only] && only == TenantModel.Owner(entity);

    /// <summary>A tenant nobody has heard of, where the named one already has its only row.</summary>
    internal Guid OrStranger(Guid tenantId) => IsOnePerTenant ? Guid.CreateVersion7() : tenantId;

    /// <summary>What the victim itself might add, or, where it has its only row already, a tenant nobody has heard of.</summary>
    internal PlantedRow NewRowOfVictim() => With(Victim.Another(entity), [(TenantModel.Owner(entity), OrStranger(VictimId)), .. OfSomebodyElse()]);

    // Where a person can have one row only, the planted person has it already.
    private IEnumerable<(IProperty, object?)> OfSomebodyElse() =>
        entity.FindPrimaryKey()!.Properties.Where(p => p != TenantModel.Owner(entity)) is var others && others.Any() && others.All(p => p.IsForeignKey())
            ? others.Where(p => p.ClrType == typeof(Guid)).Select(p => (p, (object?)Guid.CreateVersion7()))
            : [];

    /// <summary>Null acts outside any tenant.</summary>
    internal Guid? ActingAs => attacker;

    internal bool IsForeign(object row) => attacker is null || TenantModel.OwnerOf(row) != attacker;

    internal SecureBaseDb OpenDb() => filterOn ? new SecureBaseDb(arena.Options, attacker) : new UnfilteredDb(arena.Options, attacker);

    /// <summary>A connection of the app role, bound to the attacker's tenant the way the product binds its own.</summary>
    internal Task<NpgsqlConnection> ConnectAsync() =>
        attacker is { } tenant ? arena.Source.OpenForAsync(tenant, CancellationToken.None) : arena.Source.OpenConnectionAsync().AsTask();

    /// <summary>Runs a statement in a transaction that is rolled back; answers how many rows it touched, or the number it selected.</summary>
    /// <param name="values"><c>$1</c>, <c>$2</c> …</param>
    internal async Task<long> SqlAsync(string sql, params object[] values)
    {
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var selected = 0L;
        if (reader.FieldCount > 0)
            selected = await reader.ReadAsync() ? reader.GetInt64(0) : 0;
        await reader.CloseAsync();
        return reader.RecordsAffected > 0 ? reader.RecordsAffected : selected;
    }

    internal async Task<Outcome> InsertAsync(PlantedRow row, string suffix = "")
    {
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = RowPlanter.Insert(connection, row, suffix);
        return await command.ExecuteNonQueryAsync() > 0 ? Outcome.Leaked : Outcome.Held;
    }

    /// <summary>The same row with other values.</summary>
    internal static PlantedRow With(PlantedRow row, params (IProperty Property, object? Value)[] changes)
    {
        var values = row.Values.ToDictionary();
        foreach (var (property, value) in changes)
            values[property] = value;
        return new PlantedRow(row.Entity, values);
    }
}

/// <summary>The context without its query filter.</summary>
internal sealed class UnfilteredDb(DbContextOptions<SecureBaseDb> options, Guid? tenantId) : SecureBaseDb(options, tenantId)
{
    protected override bool FiltersByTenant => false;
}
