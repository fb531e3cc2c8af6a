using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Api.OpenApi;

/// <summary>Enums by the contract's names, and no field called required that an answer may leave out.</summary>
internal sealed class SchemaDescription : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = Names(type);
        }

        schema.Required?.ExceptWith(context.JsonTypeInfo.Properties.Where(MayBeAbsent).Select(p => p.Name));

        return Task.CompletedTask;
    }

    internal static IList<JsonNode> Names(Type type) =>
        [.. WireName.NamesOf(type).Select(name => (JsonNode)name)];

    // Nulls are left out of answers, except where the contract wants them written.
    private static bool MayBeAbsent(JsonPropertyInfo property) =>
        (property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null)
        && (property.AttributeProvider as MemberInfo)?.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Never };
}
