using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>The address of an endpoint with clues in its parameters.</summary>
internal static class SurfacePath
{
    /// <returns>The address, and what of it a request thereby says.</returns>
    internal static (string Path, IReadOnlyList<string> Said) Fill(RouteEndpoint endpoint, string surface, Clues clues)
    {
        List<string> path = [], said = [];
        string? literal = null;
        foreach (var segment in endpoint.RoutePattern.PathSegments)
        {
            if (segment.Parts is [RoutePatternLiteralPart text])
            {
                path.Add(literal = text.Content);
                continue;
            }
            // A file name may follow its parameter, as in {id}.zip.
            var filled = "";
            foreach (var part in segment.Parts)
            {
                if (part is not RoutePatternParameterPart parameter)
                {
                    filled += part is RoutePatternSeparatorPart separator ? separator.Content : ((RoutePatternLiteralPart)part).Content;
                    continue;
                }
                var value = clues.ForRoute(surface, parameter.Name, literal);
                filled += value;
                said.Add(value);
            }
            path.Add(filled);
        }
        return ("/" + string.Join('/', path), said);
    }
}
