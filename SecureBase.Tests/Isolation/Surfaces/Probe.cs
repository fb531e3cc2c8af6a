using System.Text.Json.Nodes;
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

    /// <summary>The next page of the list that answered; null when it was no list or there is no further page.</summary>
    internal Probe? ReadingOnFrom(Answer answer)
    {
        if (Method != HttpMethod.Get || !answer.IsSuccess || JsonNode.Parse(answer.Body) is not JsonObject list || (string?)list["next_cursor"] is not { } cursor)
            return null;
        return this with { Path = $"{Path.Split('?')[0]}?cursor={Uri.EscapeDataString(cursor)}" };
    }
}
