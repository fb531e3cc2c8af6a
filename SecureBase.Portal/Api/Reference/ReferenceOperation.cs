using Microsoft.OpenApi;

namespace SecureBase.Portal.Api.Reference;

/// <summary>One operation of the document, flattened for the page.</summary>
public sealed record ReferenceOperation(string Method, string Path, OpenApiOperation Source)
{
    internal string Anchor => Source.OperationId ?? $"{Method}-{Path}";

    internal string Summary => Source.Summary ?? Path;

    internal string Group => Source.Tags?.FirstOrDefault()?.Name ?? "General";

    /// <summary>By path, and on a path in the order reading, creating, changing, removing.</summary>
    internal static IEnumerable<ReferenceOperation> Of(OpenApiDocument document) =>
        from path in document.Paths
        orderby path.Key
        from operation in path.Value.Operations ?? []
        orderby path.Key, Rank(operation.Key)
        select new ReferenceOperation(operation.Key.Method, path.Key, operation.Value);

    private static int Rank(HttpMethod method) => method.Method switch { "GET" => 0, "POST" => 1, "PUT" => 2, "PATCH" => 3, _ => 4 };
}
