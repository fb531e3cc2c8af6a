using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace SecureBase.Core.Secrets;

/// <summary>A column of envelopes, as the model names it.</summary>
/// <param name="Key">The primary key's columns.</param>
internal sealed record SealedColumn(string Table, string Column, string Purpose, IReadOnlyList<string> Key)
{
    /// <summary>Every column that was marked with <see cref="SealedColumns.IsSealed"/>.</summary>
    internal static IReadOnlyList<SealedColumn> In(IModel model) =>
    [
        .. from entity in model.GetEntityTypes()
           from property in entity.GetProperties()
           where property.FindAnnotation(SealedColumns.Annotation) is not null
           select new SealedColumn(entity.GetTableName()!, property.GetColumnName(), (string)property.FindAnnotation(SealedColumns.Annotation)!.Value!,
               [.. entity.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName())]),
    ];

    public override string ToString() => $"{Table}.{Column}";

    /// <summary>A page of values that are not sealed under the key whose prefix is $2, in the order of the primary key.</summary>
    /// <param name="continues">Whether the key of the last value before the page is given, from $4 on.</param>
    internal string SelectOthers(bool continues) => $"""
        select {Quoted(Column)}, {Keys} from {Quoted(Table)}
        where tenant_id = $1 and {Quoted(Column)} is not null and substring({Quoted(Column)} from 1 for 9) <> $2
        {(continues ? $"and ({Keys}) > ({string.Join(", ", Key.Select((_, i) => Hole(i + 4)))})" : "")}
        order by {Keys} limit $3
        """;

    /// <summary>Exchanges a value, unless somebody has written another meanwhile.</summary>
    internal string Exchange => $"update {Quoted(Table)} set {Quoted(Column)} = $1 where tenant_id = $2 and {Quoted(Column)} = $3 and ({Keys}) = ({string.Join(", ", Key.Select((_, i) => Hole(i + 4)))})";

    internal string CountOthers => $"select count(*) from {Quoted(Table)} where tenant_id = $1 and {Quoted(Column)} is not null and substring({Quoted(Column)} from 1 for 9) <> $2";

    private string Keys => string.Join(", ", Key.Select(Quoted));

    private static string Hole(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${number}");

    private static string Quoted(string name) => $"\"{name}\"";
}
