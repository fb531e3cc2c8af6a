using System.Text.Json.Serialization;

namespace SecureBase.Portal.Api;

/// <summary>A problem as RFC 9457 describes it, with the fields at fault and the id under which our log knows it.</summary>
internal sealed record ApiProblem
{
    public const string ContentType = "application/problem+json";

    /// <summary>Names the kind of problem: <c>urn:securebase:problem:</c> and <see cref="Code"/>. Programs decide on this.</summary>
    public string Type => $"urn:securebase:problem:{Code}";

    /// <summary>The kind in a few words, the same for every occurrence.</summary>
    public required string Title { get; init; }

    public required int Status { get; init; }

    /// <summary>What happened here and what to do about it, for people.</summary>
    public required string Detail { get; init; }

    /// <summary>The last part of <see cref="Type"/>.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong with each field; <c>body</c> stands for the whole. Absent when no field is at fault.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Names of the limits that were met, as in <c>RateLimit-Policy</c>. Absent when none was.</summary>
    public IReadOnlyList<string>? ViolatedPolicies { get; init; }

    /// <summary>32 hex digits: quote it to support.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>Headers the answer carries besides.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
