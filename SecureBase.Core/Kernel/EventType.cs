using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace SecureBase.Core.Kernel;

/// <summary>
/// One kind of event of the contract (section 4), as the product tells the outside world of it. A feature declares its own as
/// public static fields; pages, API, documentation and tests read them from <see cref="EventCatalogue"/>.
/// </summary>
public sealed class EventType
{
    private readonly Lazy<JsonElement> _schema;
    private readonly Lazy<JsonElement> _example;

    private EventType(string name, string description, Type data, Func<object> example)
    {
        Name = name;
        Description = description;
        Data = data;
        _schema = new Lazy<JsonElement>(() => EventSchema.Of(data, description));
        _example = new Lazy<JsonElement>(() => JsonSerializer.SerializeToElement(example(), data, WireJson.Options));
    }

    /// <summary>E.g. <c>ticket.created</c>.</summary>
    public string Name { get; }

    /// <summary>When it happens, as a sentence for people.</summary>
    public string Description { get; }

    /// <summary>The record that <c>data</c> is written from: the resource as its GET returns it.</summary>
    public Type Data { get; }

    /// <summary>Its source is another system of the provider, so it arrives by publication and from nowhere else.</summary>
    public bool IsPublished { get; private init; }

    /// <summary>Agreed, so that an endpoint may name it; nothing in this version sends it yet, and its description says so.</summary>
    public bool IsAnnounced { get; private init; }

    /// <summary>What stands before the dot: <c>ticket</c>.</summary>
    public string Group => Name[..Name.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>JSON Schema (2020-12) of <c>data</c>.</summary>
    public JsonElement Schema => _schema.Value;

    /// <summary>A <c>data</c> as it might be sent.</summary>
    public JsonElement Example => _example.Value;

    /// <summary>An event of the product's own.</summary>
    /// <param name="example">Called once, when somebody wants to see it.</param>
    public static EventType Of<TData>(string name, string description, Func<TData> example) where TData : class => new(name, description, typeof(TData), example);

    /// <summary>An event of another system of the provider.</summary>
    /// <param name="example">Called once, when somebody wants to see it.</param>
    public static EventType Published<TData>(string name, string description, Func<TData> example) where TData : class =>
        new(name, description, typeof(TData), example) { IsPublished = true };

    /// <summary>An event of the product's own whose source is still to come.</summary>
    /// <param name="example">Called once, when somebody wants to see it.</param>
    public static EventType Announced<TData>(string name, string description, Func<TData> example) where TData : class =>
        new(name, $"{description} Not sent yet: its source comes with a later version.", typeof(TData), example) { IsAnnounced = true };

    public override string ToString() => Name;
}

/// <summary>Every event type that a feature declares, found once by reflection over the public static fields of this assembly.</summary>
public static class EventCatalogue
{
    private static readonly FrozenDictionary<string, EventType> ByName = typeof(EventType).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Where(field => field.FieldType == typeof(EventType))
        .Select(field => (EventType)field.GetValue(null)!)
        .ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>By name, so that what belongs together stands together.</summary>
    public static IReadOnlyList<EventType> All { get; } = [.. ByName.Values.OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>Null when no feature declares it; the spelling is the contract's and case-sensitive.</summary>
    public static EventType? Find(string? name) => name is null ? null : ByName.GetValueOrDefault(name);
}

/// <summary>JSON Schema of what the product's serializer writes for a type.</summary>
internal static class EventSchema
{
    private static readonly JsonSchemaExporterOptions Exporting = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe };

    internal static JsonElement Of(Type data, string description)
    {
        WireJson.Options.MakeReadOnly(populateMissingResolver: true);
        var schema = (JsonObject)WireJson.Options.GetJsonSchemaAsNode(data, Exporting);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "description", description);
        return JsonSerializer.SerializeToElement(schema);
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type.IsEnum)
            return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. WireName.NamesOf(type).Select(name => (JsonNode)name)]) };
        if (node is not JsonObject schema)
            return node;
        if (schema["type"] is JsonArray types)
            schema["type"] = types.Select(t => t!.GetValue<string>()).First(t => t != "null");
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && schema["properties"] is JsonObject properties)
            schema["required"] = new JsonArray([.. context.TypeInfo.Properties.Where(p => properties.ContainsKey(p.Name) && IsAlwaysWritten(p)).Select(p => (JsonNode)p.Name)]);
        return schema;
    }

    // Nulls are left out, so what may be null may be absent and is never written as null.
    private static bool IsAlwaysWritten(JsonPropertyInfo property) => !property.IsGetNullable && Nullable.GetUnderlyingType(property.PropertyType) is null;
}
