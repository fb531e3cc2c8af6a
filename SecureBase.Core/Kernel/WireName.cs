using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureBase.Core.Kernel;

/// <summary>The contract spells this enum in snake_case (<c>first_response</c>), as it does fields, instead of kebab-case.</summary>
[AttributeUsage(AttributeTargets.Enum)]
public sealed class SnakeCaseNamesAttribute : Attribute;

/// <summary>The contract's spelling of an enum (kebab-case, <c>waiting-customer</c>, unless <see cref="SnakeCaseNamesAttribute"/> says otherwise), the same in API, UI and database.</summary>
public static class WireName
{
    public static string Of<TEnum>(TEnum value) where TEnum : struct, Enum => Names<TEnum>.ByValue[value];

    /// <summary>Exact match only: the contract's spelling is case-sensitive.</summary>
    public static bool TryParse<TEnum>(string? text, out TEnum value) where TEnum : struct, Enum
    {
        value = default;
        return text is not null && Names<TEnum>.ByName.TryGetValue(text, out value);
    }

    /// <exception cref="FormatException">Not one of the contract's names.</exception>
    public static TEnum Parse<TEnum>(string text) where TEnum : struct, Enum =>
        TryParse<TEnum>(text, out var value) ? value : throw new FormatException($"'{text}' is not one of {string.Join(", ", All<TEnum>())}.");

    public static IReadOnlyList<string> All<TEnum>() where TEnum : struct, Enum => Names<TEnum>.InOrder;

    /// <summary>All names of an enum known only by its type, in the order of their declaration.</summary>
    public static IEnumerable<string> NamesOf(Type type)
    {
        var policy = type.IsDefined(typeof(SnakeCaseNamesAttribute), inherit: false) ? JsonNamingPolicy.SnakeCaseLower : JsonNamingPolicy.KebabCaseLower;
        return Enum.GetNames(type).Select(policy.ConvertName);
    }

    private static class Names<TEnum> where TEnum : struct, Enum
    {
        internal static readonly FrozenDictionary<TEnum, string> ByValue =
            Enum.GetNames<TEnum>().Zip(NamesOf(typeof(TEnum))).ToFrozenDictionary(pair => Enum.Parse<TEnum>(pair.First), pair => pair.Second);
        internal static readonly FrozenDictionary<string, TEnum> ByName = ByValue.ToFrozenDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);
        internal static readonly IReadOnlyList<string> InOrder = [.. Enum.GetValues<TEnum>().Select(v => ByValue[v])];
    }
}

/// <summary>How the product writes JSON: snake_case, contract enum names, nulls left out.</summary>
public static class WireJson
{
    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new WireNameConverter());
        return options;
    }
}

/// <summary>Enums by the contract's spelling and no other: the framework's converter would also take other cases, and lists with commas.</summary>
public sealed class WireNameConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    private sealed class Of<TEnum> : JsonConverter<TEnum> where TEnum : struct, Enum
    {
        public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && WireName.TryParse<TEnum>(reader.GetString(), out var value) ? value : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) => writer.WriteStringValue(WireName.Of(value));
    }
}
