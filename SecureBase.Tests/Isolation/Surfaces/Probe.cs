using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>One request that an attacker tries.</summary>
/// <param name="What">The attack in words.</param>
/// <param name="Said">What the request itself names, which an answer may repeat.</param>
internal sealed record Probe(string What, HttpMethod Method, string Path, IReadOnlyList<string> Said)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>JSON; null sends none.</summary>
    public string? Body { get; init; }

    internal Task<Answer> SendAsync(Visitor visitor) => Answer.ReadAsync(visitor.SendAsync(
        Method, Path, Body is null ? null : new StringContent(Body, System.Text.Encoding.UTF8, "application/json"), [.. Headers]));
}
