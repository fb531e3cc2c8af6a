using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using SecureBase.Core.Tenancy;

#pragma warning disable CA2100 // Statements over every table there is are made of the model's names.

namespace SecureBase.Tests.Isolation.Rows;

/// <summary>
/// Writes a row of any entity for a tenant, from the model alone: foreign keys lead to the tenant's own rows, and every text
/// holds a canary. A new entity is planted without a line here, unless a check constraint wants certain values.
/// </summary>
internal sealed class RowPlanter(string superuser, Guid tenantId)
{
    private static readonly DateTime Past = new(2026, 1, 15, 8, 30, 0, DateTimeKind.Utc);

    /// <summary>Documents that the product reads whenever it touches the tenant's rows, so that they must be ones it can read, and words that cannot be just any.</summary>
    private static readonly Dictionary<string, string> Read = new()
    {
        ["delivery_exchanges.request_headers"] = """[["webhook-id","CANARY"],["webhook-timestamp","1768465800"]]""",
        ["delivery_exchanges.response_headers"] = """[["x-answered-by","CANARY"]]""",
        // Of which there may be more than one.
        ["webhook_recoveries.status"] = "completed",
        ["sla_terms.policy"] = """{"canary":"CANARY","targets":{"critical":MINUTES,"high":MINUTES,"medium":MINUTES,"low":MINUTES}}""".Replace("MINUTES", """{"first_response":60,"next_response":60,"resolution":240}""", StringComparison.Ordinal),
        ["sla_terms.calendar"] = """{"canary":"CANARY","time_zone":"Etc/UTC","hours":[{"day":"monday","from":"00:00","to":"24:00"}],"holidays":[]}""",
    };

    private readonly Dictionary<IEntityType, PlantedRow> _rows = [];
    private int _number;

    internal Guid TenantId => tenantId;

    internal Canaries Canaries { get; } = new();

    internal PlantedRow this[IEntityType entity] => _rows[entity];

    internal IReadOnlyCollection<PlantedRow> Rows => _rows.Values;

    /// <summary>One row of every entity.</summary>
    /// <param name="except">Tables the tenant already has its row in.</param>
    internal async Task PlantAllAsync(params string[] except)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        foreach (var entity in TenantModel.Entities)
        {
            var row = except.Contains(TenantModel.Table(entity)) ? await ReadAsync(connection, entity) : await InsertAsync(connection, entity);
            _rows.Add(entity, row);
        }
    }

    /// <summary>Values for one more row of this tenant, not written anywhere. Its keys are new; its references are the planted rows.</summary>
    internal PlantedRow Another(IEntityType entity) => new(entity, Values(entity));

    /// <summary>The insert of a row, with its values as parameters.</summary>
    internal static NpgsqlCommand Insert(NpgsqlConnection connection, PlantedRow row, string suffix = "", string? into = null)
    {
        var written = TenantModel.Written(row.Entity).ToList();
        var columns = string.Join(", ", written.Select(p => Quote(TenantModel.Column(p))));
        var holes = string.Join(", ", written.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1}::{p.GetColumnType()}")));
        var command = new NpgsqlCommand($"insert into {into ?? TenantModel.Table(row.Entity)} ({columns}) values ({holes}) {suffix}", connection);
        foreach (var property in written)
            command.Parameters.Add(new NpgsqlParameter { Value = row[property] ?? DBNull.Value });
        return command;
    }

    /// <summary>The row as COPY reads it.</summary>
    internal async Task<string> AsCopyTextAsync(PlantedRow row)
    {
        var columns = string.Join(", ", TenantModel.Written(row.Entity).Select(p => Quote(TenantModel.Column(p))));
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var scratch = new NpgsqlCommand($"create temporary table scratch (like {TenantModel.Table(row.Entity)} including defaults including generated including identity)", connection);
        await scratch.ExecuteNonQueryAsync();
        await using var insert = Insert(connection, row, into: "scratch");
        await insert.ExecuteNonQueryAsync();
        using var reader = await connection.BeginTextExportAsync($"copy scratch ({columns}) to stdout");
        return await reader.ReadToEndAsync();
    }

    internal static string Quote(string name) => $"\"{name}\"";

    private async Task<PlantedRow> InsertAsync(NpgsqlConnection connection, IEntityType entity)
    {
        var row = new PlantedRow(entity, Values(entity));
        var made = entity.GetProperties().Where(TenantModel.IsMadeByDatabase).ToList();
        await using var command = Insert(connection, row, made.Count == 0 ? "" : "returning " + string.Join(", ", made.Select(p => Quote(TenantModel.Column(p)))));
        await using var reader = await command.ExecuteReaderAsync();
        if (made.Count == 0)
            return row;
        await reader.ReadAsync();
        var all = row.Values.ToDictionary();
        for (var i = 0; i < made.Count; i++)
            all[made[i]] = reader.GetValue(i);
        return new PlantedRow(entity, all);
    }

    private async Task<PlantedRow> ReadAsync(NpgsqlConnection connection, IEntityType entity)
    {
        var properties = entity.GetProperties().ToList();
        var columns = string.Join(", ", properties.Select(p => Quote(TenantModel.Column(p))));
        await using var command = new NpgsqlCommand($"select {columns} from {TenantModel.Table(entity)} where {TenantModel.Column(TenantModel.Owner(entity))} = $1", connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenantId } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync(), $"{TenantModel.Table(entity)} has no row of the tenant to begin with.");
        return new PlantedRow(entity, properties.Select((p, i) => (p, reader.IsDBNull(i) ? null : reader.GetValue(i))).ToDictionary(p => p.p, p => p.Item2));
    }

    private Dictionary<IProperty, object?> Values(IEntityType entity)
    {
        Dictionary<IProperty, object?> values = [];
        foreach (var property in TenantModel.Written(entity))
            values[property] = Value(entity, property);
        foreach (var property in entity.GetProperties().Where(TenantModel.IsMadeByDatabase))
            values[property] = null;
        return values;
    }

    private object? Value(IEntityType entity, IProperty property)
    {
        if (property == TenantModel.Owner(entity))
            return tenantId;
        foreach (var foreignKey in property.GetContainingForeignKeys())
        {
            if (_rows.TryGetValue(foreignKey.PrincipalEntityType, out var principal))
                return principal[foreignKey.PrincipalKey.Properties[foreignKey.Properties.ToList().IndexOf(property)]];
        }

        // Columns such as author_tenant_id are checked to name the row's tenant or the operator.
        if (property.ClrType == typeof(Guid) && property.Name.EndsWith(nameof(ITenantOwned.TenantId), StringComparison.Ordinal))
            return tenantId;
        return New(property, TenantModel.Table(entity) + "." + TenantModel.Column(property));
    }

    private object New(IProperty property, string place)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type.IsEnum && Read.TryGetValue(place, out var word))
            return word;
        if (type.IsEnum)
            return property.GetTypeMapping().Converter!.ConvertToProvider(Enum.GetValues(type).GetValue(0))!;
        if (type == typeof(string))
        {
            if (Read.TryGetValue(place, out var document))
                return document.Replace("CANARY", Canaries.New(place), StringComparison.Ordinal);
            return property.GetColumnType() is "jsonb" or "json"
                ? JsonSerializer.Serialize(new { canary = Canaries.New(place) })
                : Canaries.New(place, property.GetMaxLength());
        }

        return type switch
        {
            _ when type == typeof(Guid) => Guid.CreateVersion7(),
            _ when (type == typeof(DateTimeOffset) || type == typeof(DateTime)) && property.IsPrimaryKey() => Past.AddMinutes(++_number),
            _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) => Past,
            _ when type == typeof(DateOnly) => DateOnly.FromDateTime(Past),
            _ when type == typeof(TimeSpan) => TimeSpan.FromMinutes(1),
            _ when type == typeof(bool) => false,
            _ when type == typeof(int) => ++_number,
            _ when type == typeof(long) => (long)++_number,
            _ when type == typeof(decimal) => 1m,
            _ when type == typeof(double) => 1d,
            _ when type == typeof(byte[]) => Guid.CreateVersion7().ToByteArray(),
            _ when type == typeof(int[]) => new[] { 60 },
            _ when type == typeof(string[]) => new[] { Canaries.New(place) },
            _ => throw new NotSupportedException($"{place} is a {type.Name}: teach the planter what a value of it looks like."),
        };
    }
}
