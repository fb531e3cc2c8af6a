using System.Text.Json.Serialization;

namespace SecureBase.Core.Kernel;

/// <summary>One page of a list.</summary>
/// <param name="Items">In the order asked for.</param>
/// <param name="NextCursor">Opaque; null on the last page, and written even then.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor)
{
    /// <summary>How many match in all; filled only where the query asked for a count.</summary>
    public int? Total { get; init; }

    /// <summary>Counting ended at <see cref="Total"/>: there are more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TotalIsMinimum { get; init; }
}
