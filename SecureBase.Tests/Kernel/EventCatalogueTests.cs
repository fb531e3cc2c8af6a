using System.Text.Json;
using System.Text.Json.Serialization;
using SecureBase.Core.Kernel;

namespace SecureBase.Tests.Kernel;

public sealed class EventCatalogueTests
{
    // Product contract, section 4.
    private const string Contract = """
        ticket.created ticket.updated ticket.commented ticket.resolved ticket.reopened ticket.sla_warning ticket.sla_breached
        invoice.created invoice.paid invoice.overdue compliance.scan_completed compliance.finding_critical usage.threshold_exceeded
        budget.threshold_reached cost.anomaly_detected cost.import_completed forecast.refreshed api_key.created api_key.revoked webhook.endpoint_disabled webhook.test
        """;

    private static readonly JsonSerializerOptions Strict = new(WireJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    public static TheoryData<string> Names => [.. EventCatalogue.All.Select(type => type.Name)];

    [Fact]
    public void All_AreThoseOfTheContract() =>
        Assert.Equal(Contract.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), EventCatalogue.All.Select(type => type.Name));

    [Fact]
    public void Published_AreThoseOfOtherSystems() =>
        Assert.Equal(["compliance", "invoice", "usage"], EventCatalogue.All.Where(type => type.IsPublished).Select(type => type.Group).Distinct());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("TICKET.CREATED")]
    [InlineData("internal.ticket_noted")]
    public void Find_NoTypeOfTheContract_IsNull(string? name) => Assert.Null(EventCatalogue.Find(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Type_IsToldInASentence_AndItsExampleFitsItsSchema(string name)
    {
        var type = EventCatalogue.Find(name)!;
        Assert.EndsWith(".", type.Description, StringComparison.Ordinal);
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", type.Schema.GetProperty("$schema").GetString());
        Assert.Empty(Faults(type.Schema, type.Example, "data"));
        // It reads back as the record it is written from, with nothing left over.
        Assert.Equal(type.Example.GetRawText(), JsonSerializer.Serialize(type.Example.Deserialize(type.Data, Strict), type.Data, WireJson.Options));
    }

    [Fact]
    public void Schema_SaysWhatIsAlwaysThere_AndWhichWordsThereAre()
    {
        var schema = EventCatalogue.Find("ticket.created")!.Schema;
        var required = schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()).ToList();
        Assert.Contains("subject", required);
        Assert.DoesNotContain("resolved_at", required);
        Assert.Equal(["open", "in-progress", "waiting-customer", "resolved", "closed"],
            schema.GetProperty("properties").GetProperty("status").GetProperty("enum").EnumerateArray().Select(e => e.GetString()));
    }

    private static IEnumerable<string> Faults(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(w => w.GetString() == value.GetString()))
            yield return $"{path}: '{value}' is none of its words";
        if (schema.TryGetProperty("type", out var expected) && expected.GetString() != Kind(value) && (expected.GetString(), Kind(value)) != ("number", "integer"))
            yield return $"{path}: {Kind(value)} instead of {expected}";
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()!).Where(name => !value.TryGetProperty(name, out _)))
                yield return $"{path}.{name}: missing";
            foreach (var property in value.EnumerateObject())
            {
                if (!schema.GetProperty("properties").TryGetProperty(property.Name, out var inner))
                    yield return $"{path}.{property.Name}: not in the schema";
                else
                {
                    foreach (var fault in Faults(inner, property.Value, $"{path}.{property.Name}"))
                        yield return fault;
                }
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var fault in value.EnumerateArray().SelectMany(item => Faults(schema.GetProperty("items"), item, $"{path}[]")))
                yield return fault;
        }
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
