using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Api.OpenApi;

/// <summary>Adds to an operation what its endpoint's metadata says: scope, parameters, examples, headers and refusals.</summary>
internal sealed class OperationDescription : IOpenApiOperationTransformer
{
    private const string Json = "application/json";
    private const string Bytes = "application/octet-stream";
    private const string ProblemSchema = "Problem";

    // Every route of /v1 can refuse with these.
    private static readonly int[] Always = [StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests];
    private static readonly int[] WithBody = [StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType];

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<RequiredPermission>().LastOrDefault()?.Permission is { Scope: { } scope })
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentDescription.KeyScheme, context.Document)] = [scope] }];
            operation.Description = $"{operation.Description} Needs the scope `{scope}`.".TrimStart();
        }

        operation.Parameters ??= [];
        foreach (var parameter in metadata.OfType<DocumentedParameter>())
            operation.Parameters.Add(Describe(parameter));
        if (metadata.OfType<DocumentedRequest>().LastOrDefault() is { } request && operation.RequestBody?.Content?.TryGetValue(Json, out var body) is true)
            body.Example = Node(request.Example);

        operation.Responses ??= [];
        foreach (var answer in metadata.OfType<DocumentedAnswer>())
            Describe(operation.Responses, answer);
        foreach (var status in Refusals(metadata, operation.RequestBody is not null))
            operation.Responses[Text(status)] = await RefusalAsync(status, context, cancellationToken);
    }

    private static IEnumerable<int> Refusals(IList<object> metadata, bool hasBody) =>
        metadata.OfType<DocumentedRefusals>().SelectMany(r => r.Statuses).Concat(Always).Concat(hasBody ? WithBody : []).Distinct().Order();

    private static OpenApiParameter Describe(DocumentedParameter documented)
    {
        var parameter = new OpenApiParameter
        {
            Name = documented.Name,
            In = documented.Place == ParameterPlace.Query ? ParameterLocation.Query : ParameterLocation.Header,
            Description = documented.Description,
            Required = documented.Required,
            Schema = SchemaOf(documented.Kind),
        };
        if (documented.Values is { } values)
        {
            parameter.Style = ParameterStyle.Form;
            parameter.Explode = false;
            parameter.Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = SchemaDescription.Names(values) },
            };
        }

        return parameter;
    }

    private static OpenApiSchema SchemaOf(ParameterKind kind) => kind switch
    {
        ParameterKind.Number => new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "100" },
        _ => new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static void Describe(OpenApiResponses responses, DocumentedAnswer answer)
    {
        var key = Text(answer.Status);
        var response = responses.TryGetValue(key, out var known) && known is OpenApiResponse own ? own : new OpenApiResponse();
        responses[key] = response;
        response.Description = answer.Description;
        if (answer.Example is DocumentedFile)
            response.Content = new Dictionary<string, OpenApiMediaType> { [Bytes] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } } };
        else if (answer.Example is { } example && response.Content?.TryGetValue(Json, out var content) is true)
            content.Example = Node(example);
        response.Headers = answer.Headers.Concat(RateLimitFields.All).ToDictionary(
            name => name,
            IOpenApiHeader (_) => new OpenApiHeader { Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
    }

    // Written once per status and referred to from each operation.
    private static async Task<OpenApiResponseReference> RefusalAsync(int status, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(ProblemSchema) is not true)
        {
            var problem = await context.GetOrCreateSchemaAsync(typeof(ApiProblem), null, ct);
            problem.Required = new HashSet<string> { "type", "title", "status", "detail", "code", "trace_id" };
            document.AddComponent<IOpenApiSchema>(ProblemSchema, problem);
        }

        var name = ProblemSchema + Text(status);
        if (document.Components?.Responses?.ContainsKey(name) is not true)
        {
            var example = ProblemExamples.Of(status);
            document.AddComponent<IOpenApiResponse>(name, new OpenApiResponse
            {
                Description = example.Title,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ApiProblem.ContentType] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document), Example = Node(example) },
                },
            });
        }

        return new OpenApiResponseReference(name, document);
    }

    private static JsonNode? Node(object example) => JsonSerializer.SerializeToNode(example, example.GetType(), WireJson.Options);

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One problem of each status, as it would be answered.</summary>
internal static class ProblemExamples
{
    internal static ApiProblem Of(int status) => Plain(status) with { TraceId = "4bf92f3577b34da6a3ce929d0e0e4736" };

    private static ApiProblem Plain(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ApiProblems.Invalid(status, "priority", "priority must be one of low, medium, high, critical."),
        StatusCodes.Status403Forbidden => ApiProblems.InsufficientScope(new Permission("", "tickets:write", [])),
        StatusCodes.Status404NotFound => ApiProblems.Of(Error.NotFound("ticket")),
        StatusCodes.Status409Conflict => ApiProblems.Of(new Error(ErrorKind.Conflict, "conflict", "The present state forbids this change; the detail says why.")),
        StatusCodes.Status412PreconditionFailed => ApiProblems.Of(Error.Stale("ticket")),
        StatusCodes.Status413PayloadTooLarge => ApiProblems.TooLarge(JsonBody.MaxBytes),
        StatusCodes.Status415UnsupportedMediaType => ApiProblems.UnsupportedMediaType("text/plain"),
        StatusCodes.Status422UnprocessableEntity => ApiProblems.Of(Error.Invalid("subject", "The subject needs 3 to 200 characters; this one has 2.")),
        StatusCodes.Status428PreconditionRequired => ApiProblems.PreconditionRequired,
        StatusCodes.Status429TooManyRequests => RateLimitProblems.Example,
        _ => ApiProblems.OfStatus(status) is { Code: var code } problem && !code.StartsWith("status_", StringComparison.Ordinal)
            ? problem
            : throw new ArgumentOutOfRangeException(nameof(status), status, $"No example of {ReasonPhrases.GetReasonPhrase(status)}"),
    };
}
