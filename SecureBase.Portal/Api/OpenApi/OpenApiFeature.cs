using Microsoft.OpenApi;

namespace SecureBase.Portal.Api.OpenApi;

/// <summary><c>/openapi/v1.json</c>: the API described in OpenAPI 3.1, made from the routes themselves.</summary>
internal static class OpenApiFeature
{
    internal const string Document = "v1";

    internal static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = route => route.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) is true;
        options.AddDocumentTransformer<DocumentDescription>();
        options.AddOperationTransformer<OperationDescription>();
        options.AddSchemaTransformer<SchemaDescription>();
    });

    internal static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi().AllowAnonymous();
}
