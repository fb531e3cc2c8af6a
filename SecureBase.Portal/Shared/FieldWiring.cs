namespace SecureBase.Portal.Shared;

/// <summary>What a control inside a <see cref="Field"/> puts on its element.</summary>
/// <param name="Id">For the label.</param>
/// <param name="DescribedBy">For <c>aria-describedby</c>; null when there is neither help nor error.</param>
/// <param name="Invalid">For <c>aria-invalid</c>.</param>
public sealed record FieldWiring(string Id, string? DescribedBy, bool Invalid)
{
    /// <summary>The attribute's value; null leaves the attribute out.</summary>
    public string? AriaInvalid => Invalid ? "true" : null;
}
