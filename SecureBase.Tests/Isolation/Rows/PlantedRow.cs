using Microsoft.EntityFrameworkCore.Metadata;

namespace SecureBase.Tests.Isolation.Rows;

/// <summary>A row as it stands in its table, whichever entity it is.</summary>
internal sealed class PlantedRow(IEntityType entity, IReadOnlyDictionary<IProperty, object?> values)
{
    internal IEntityType Entity => entity;

    internal object? this[IProperty property] => values[property];

    internal object?[] Key => [.. entity.FindPrimaryKey()!.Properties.Select(p => values[p])];

    internal IReadOnlyDictionary<IProperty, object?> Values => values;
}
