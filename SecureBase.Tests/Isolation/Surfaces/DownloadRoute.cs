using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>A file that the portal serves to people: whatever is read by GET and is neither a page, a route of <c>/v1</c> nor the same for everybody.</summary>
internal sealed class DownloadRoute(RouteEndpoint endpoint)
{
    internal string Name => $"download {Pattern}";

    /// <summary>Shown before signing in, such as a logo.</summary>
    internal bool IsPublic => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private string Pattern => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    internal static bool Is(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true
        && !ApiRoute.Is(endpoint) && !PortalEndpoints.IsPage(endpoint) && !PortalEndpoints.IsHub(endpoint) && !PortalEndpoints.IsStaticAsset(endpoint)
        && !PortalEndpoints.NotAttacked.ContainsKey(PortalEndpoints.Name(endpoint));

    internal static IReadOnlyList<DownloadRoute> All(IServiceProvider portal) => [.. PortalEndpoints.Of(portal).Where(Is).Select(e => new DownloadRoute(e))];

    /// <summary>The file at the address these clues lead to, and once more for each clue in each parameter of its query.</summary>
    internal IEnumerable<Probe> Probes(Clues clues)
    {
        var (path, said) = SurfacePath.Fill(endpoint, Name, clues);
        var plain = new Probe(said.Count == 0 ? "asked for" : "asked for by the other tenant's names", HttpMethod.Get, path, said);
        yield return plain;
        foreach (var query in QueryParameters())
        {
            foreach (var (place, value) in clues.ForQuery)
                yield return plain with { What = $"asked for with {query}= the other tenant's {place}", Path = $"{path}?{query}={Uri.EscapeDataString(value)}", Said = [.. said, value] };
        }
    }

    private IEnumerable<string> QueryParameters() => endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
        .Where(p => p.ParameterInfo.ParameterType == typeof(string) && endpoint.RoutePattern.GetParameter(p.Name) is null)
        .Select(p => p.ParameterInfo.GetCustomAttribute<Microsoft.AspNetCore.Mvc.FromQueryAttribute>()?.Name ?? p.Name);
}
