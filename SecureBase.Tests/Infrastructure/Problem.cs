using System.Net;
using System.Text.Json;

namespace SecureBase.Tests.Infrastructure;

/// <summary>A problem as the API answered it; reading one asserts the form every problem has.</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail, string Code, IReadOnlyDictionary<string, string[]> Errors, string TraceId)
{
    internal static async Task<Problem> ReadAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"expected {(int)status}, got {(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        var problem = new Problem(
            root.GetProperty("type").GetString()!,
            root.GetProperty("title").GetString()!,
            root.GetProperty("status").GetInt32(),
            root.GetProperty("detail").GetString()!,
            root.GetProperty("code").GetString()!,
            root.TryGetProperty("errors", out var errors)
                ? errors.EnumerateObject().ToDictionary(f => f.Name, f => f.Value.EnumerateArray().Select(m => m.GetString()!).ToArray())
                : new Dictionary<string, string[]>(),
            root.GetProperty("trace_id").GetString()!);
        Assert.Equal((int)status, problem.Status);
        Assert.Equal($"urn:securebase:problem:{problem.Code}", problem.Type);
        Assert.Matches("^[0-9a-f]{32}$", problem.TraceId);
        Assert.NotEmpty(problem.Title);
        Assert.NotEmpty(problem.Detail);
        Assert.All(problem.Errors, field => Assert.NotEmpty(field.Value));
        foreach (var secret in new[] { "SecureBase.", "System.", "Microsoft.", "Npgsql", "Exception", "   at " })
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        return problem;
    }
}
