using Microsoft.AspNetCore.ResponseCompression;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Api.OpenApi;
using SecureBase.Portal.Api.Reference;
using SecureBase.Portal.Hosting;

namespace SecureBase.Portal.Api;

/// <summary>What every route of <c>/v1</c> has in common.</summary>
internal static class ApiFeature
{
    private const int MaxDepth = 32;

    internal static IServiceCollection AddApi(this IServiceCollection services) =>
        services.AddApiRequests().AddApiAuthorization().AddApiDocument().AddScoped<Idempotency>();

    /// <summary>How requests are read, whoever sends them.</summary>
    internal static IServiceCollection AddApiRequests(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            WireJson.Configure(json.SerializerOptions);
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.MaxDepth = MaxDepth;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddResponseCompression(compression =>
        {
            // Answers to programs hold no secret beside text a stranger chose, which is what makes compression under TLS unsafe.
            compression.EnableForHttps = true;
            compression.MimeTypes = ["application/json", ApiProblem.ContentType];
        });
        return services;
    }

    /// <summary>The group every route of the API is mapped into: what holds for one holds for all.</summary>
    internal static RouteGroupBuilder MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapApiDocument();
        routes.MapReference();
        return routes.MapGroup("/v1").RequireAuthorization(ApiAuthorization.Policy);
    }

    /// <summary>Before routing.</summary>
    internal static void UseApiRequests(this IApplicationBuilder app) => app.UseWhen(IsApi, api =>
    {
        api.UseResponseCompression();
        api.UseStatusCodePages(answer => ApiProblems.WriteAsync(answer.HttpContext, OfBareStatus(answer.HttpContext)));
        api.UseMiddleware<JsonByDefault>();
    });

    /// <summary>After authentication, because it is keys that are counted, and before anything is done for them.</summary>
    internal static void UseRateLimits(this IApplicationBuilder app) => app.UseWhen(IsApi, api => api.UseMiddleware<RateLimits>());

    /// <summary>After authorization, so that strangers' bodies are not read.</summary>
    internal static void UseApiBodies(this IApplicationBuilder app) => app.UseWhen(IsApi, api => api.UseMiddleware<JsonBodyReader>());

    private static bool IsApi(HttpContext context) => PathKind.IsApi(context.Request.Path);

    private static ApiProblem OfBareStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status415UnsupportedMediaType => ApiProblems.UnsupportedMediaType(context.Request.ContentType),
        var status => ApiProblems.OfStatus(status),
    };
}
