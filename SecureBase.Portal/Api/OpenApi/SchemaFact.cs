namespace SecureBase.Portal.Api.OpenApi;

/// <summary>What the API's document says of a field that its type does not. A feature declares its own.</summary>
/// <param name="Type">The record the field belongs to.</param>
/// <param name="Field">As in JSON.</param>
/// <param name="Description">For people.</param>
internal sealed record SchemaFact(Type Type, string Field, string Description)
{
    public bool Required { get; init; }
    public int? MinLength { get; init; }
    public int? MaxLength { get; init; }
    public int? MaxItems { get; init; }
}
