using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Api.Reference;

/// <summary><c>/reference</c>: the document of this build as a page to browse.</summary>
internal static class ReferenceEndpoint
{
    internal static void MapReference(this IEndpointRouteBuilder routes) => routes.MapGet("/reference", ShowAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<RazorComponentResult<ReferencePage>> ShowAsync(
        HttpRequest request, [FromKeyedServices(OpenApiFeature.Document)] IOpenApiDocumentProvider documents, CancellationToken ct) =>
        new(new Dictionary<string, object?>
        {
            [nameof(ReferencePage.Document)] = await documents.GetOpenApiDocumentAsync(ct),
            [nameof(ReferencePage.Address)] = $"{request.Scheme}://{request.Host}",
        })
        {
            PreventStreamingRendering = true,
        };
}
