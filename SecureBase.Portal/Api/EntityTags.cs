using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Net.Http.Headers;
using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Api;

/// <summary>A resource's version as its strong ETag, <c>"7"</c>, and the conditions clients make of it (RFC 9110 §13).</summary>
internal static class EntityTags
{
    internal static void Put(HttpResponse response, int version) => response.Headers.ETag = Of(version).ToString();

    /// <summary>True when the client already holds this version: answer 304.</summary>
    internal static bool IsKnown(HttpRequest request, int version) =>
        request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } known
        && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(Of(version), useStrongComparison: false));

    private static EntityTagHeaderValue Of(int version) => new($"\"{version.ToString(CultureInfo.InvariantCulture)}\"");
}

/// <summary>What a change is conditional on.</summary>
internal readonly record struct IfMatch
{
    // Versions count from 1, so this matches none.
    private const int Nothing = 0;

    private IReadOnlyList<int> Versions { get; init; }

    /// <summary>The header, or the problem that stands in for it: 428 when it is missing, 400 when it is none.</summary>
    internal static bool TryRead(HttpRequest request, out IfMatch condition, [NotNullWhen(false)] out ApiProblem? problem)
    {
        condition = default;
        problem = null;
        if (request.Headers.IfMatch.Count == 0)
        {
            problem = ApiProblems.PreconditionRequired;
            return false;
        }

        var tags = request.GetTypedHeaders().IfMatch;
        if (tags.Count == 0)
        {
            problem = ApiProblems.Invalid(StatusCodes.Status400BadRequest, "If-Match", "If-Match holds no entity tag: send the ETag as it came, with its quotes.");
            return false;
        }

        if (!tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any)))
            condition = new IfMatch { Versions = [.. tags.Where(tag => !tag.IsWeak).Select(Version)] };
        return true;
    }

    /// <summary>The version the change expects; null for any. Of several, <paramref name="current"/> decides.</summary>
    internal async Task<int?> ExpectedAsync(Func<Task<int?>> current)
    {
        if (Versions is null)
            return null;
        if (Versions.Count == 1)
            return Versions[0];
        return await current() is { } version && Versions.Contains(version) ? version : Nothing;
    }

    private static int Version(EntityTagHeaderValue tag) =>
        int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : Nothing;
}
