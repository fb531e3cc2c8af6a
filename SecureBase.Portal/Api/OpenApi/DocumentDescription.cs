using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace SecureBase.Portal.Api.OpenApi;

/// <summary>What holds for the whole API: authentication, problems, and where it answers.</summary>
internal sealed class DocumentDescription(IEnumerable<SchemaFact> facts) : IOpenApiDocumentTransformer
{
    internal const string KeyScheme = "api_key";

    private static readonly string Introduction = string.Join("\n\n",
        "Send an API key with every request: `Authorization: Bearer sb_live_…`. The key names your organisation, so the same request works on `api.` and on your own address.",
        "Bodies are JSON in UTF-8 with `snake_case` names, up to 1 MiB; without a Content-Type a body is read as JSON. Times are RFC 3339 in UTC. Unknown fields are ignored, and answers may gain fields.",
        "A list answers `items` and `next_cursor`; send the cursor back to read on, until it is `null`.",
        "Refusals are problems by RFC 9457 (`application/problem+json`). Decide on `type` or `code`, show `detail` to people, and quote `trace_id` to support. `errors` names each field at fault.",
        "Every answer says how your limits stand: `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) of the nearest one, and `RateLimit` and `RateLimit-Policy` by draft-ietf-httpapi-ratelimit-headers-10. Beyond a limit the answer is 429 with `Retry-After`; `code` and `violated_policies` say which: your organisation's requests an hour (`tenant`), a key's own (`key`), what one key may send within ten seconds (`burst`), or keys from your address that were refused (`address`).",
        "A resource carries its version as `ETag`. Reads take `If-None-Match`; changes need `If-Match`, so that nobody's change is overwritten unseen. A POST with an `Idempotency-Key` is carried out once, however often it arrives.");

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "SecureBase API", Version = OpenApiFeature.Document, Description = Introduction };
        document.AddComponent(KeyScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "sb_live_…",
            Description = "An API key. Each operation names the scope the key must include.",
        });
        foreach (var fact in facts)
            Add(document, fact);
        return Task.CompletedTask;
    }

    private static void Add(OpenApiDocument document, SchemaFact fact)
    {
        IOpenApiSchema? field = null;
        if (document.Components?.Schemas?.TryGetValue(fact.Type.Name, out var found) is not true || found is not OpenApiSchema schema
            || schema.Properties?.TryGetValue(fact.Field, out field) is not true)
        {
            throw new InvalidOperationException($"The document has no field '{fact.Field}' of {fact.Type.Name} to describe.");
        }

        field!.Description = fact.Description;
        if (fact.Required)
            (schema.Required ??= new HashSet<string>()).Add(fact.Field);
        if (field is OpenApiSchema own)
        {
            own.MinLength = fact.MinLength;
            own.MaxLength = fact.MaxLength;
            own.MaxItems = fact.MaxItems;
            if (fact.Required)
                own.Type &= ~JsonSchemaType.Null;
        }
    }
}
