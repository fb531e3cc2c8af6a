using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Access;

/// <summary><c>/v1/api-keys</c>: binds, calls <see cref="ApiKeyService"/>, answers. A secret is in the answer that makes it and in no repeat of it.</summary>
internal static class ApiKeyEndpoints
{
    private const string Route = "/v1/api-keys";
    private const int DefaultLimit = 25;
    private const string SecretOnce =
        "The secret is in this answer only and is kept nowhere, so a repeat with the same Idempotency-Key answers the key without it: if the answer was lost, rotate the key.";

    internal static IServiceCollection AddApiKeyApi(this IServiceCollection services)
    {
        foreach (var fact in ApiKeySchemas.All)
            services.AddSingleton(fact);
        return services;
    }

    internal static void MapApiKeys(this RouteGroupBuilder v1)
    {
        var keys = v1.MapGroup("/api-keys").WithTags("API keys");

        keys.MapPost("", CreateAsync)
            .Needs(ApiKeyPermissions.Manage)
            .WithName("CreateApiKey")
            .WithSummary("Create a key")
            .WithDescription($"A key never carries more than the key that creates it: no other scope, address or later end. {SecretOnce}")
            .TakesIdempotencyKey()
            .WithRequestExample(ApiKeyExamples.Creating)
            .Answers(201, "The key with its secret, at the address in Location.", ApiKeyExamples.Created, "Location", "ETag", Idempotency.ReplayedHeader)
            .Refuses(409, 422);

        keys.MapGet("", ListAsync)
            .Needs(ApiKeyPermissions.Read)
            .WithName("ListApiKeys")
            .WithSummary("List keys, newest first")
            .TakesQuery<ApiKeyStatus>("status", "In any of these statuses; all without it.")
            .TakesQuery("q", $"Part of a name, description or creator's name, a scope, or the last four characters; up to {ApiKeyQuery.SearchMax} characters.")
            .TakesPage()
            .Answers(200, "A page of keys.", ApiKeyExamples.Keys);

        keys.MapGet("/{id:guid}", GetAsync)
            .Needs(ApiKeyPermissions.Read)
            .WithName("GetApiKey")
            .WithSummary("Read a key")
            .WithDescription("The ETag stands for what can be changed; use alone does not change it.")
            .Answers(200, "The key.", ApiKeyExamples.Key, "ETag")
            .Refuses(404);

        keys.MapPatch("/{id:guid}", EditAsync)
            .Needs(ApiKeyPermissions.Manage)
            .WithName("EditApiKey")
            .WithSummary("Change a key's name, allow-list, limit or expiry")
            .WithDescription("Fields left out stay as they are. Scopes stay what they were: create another key for other scopes.")
            .TakesIfMatch()
            .WithRequestExample(ApiKeyExamples.Editing)
            .Answers(200, "The key as it is now.", ApiKeyExamples.Edited, "ETag")
            .Refuses(404, 409, 412, 422, 428);

        keys.MapPost("/{id:guid}/rotate", RotateAsync)
            .Needs(ApiKeyPermissions.Manage)
            .WithName("RotateApiKey")
            .WithSummary("Give a key a new secret")
            .WithDescription($"The old secret works for {ApiKey.Grace.TotalHours:0} hours more, or until it is ended. {SecretOnce}")
            .TakesIdempotencyKey()
            .WithRequestExample(new { })
            .Answers(200, "The key with its new secret.", ApiKeyExamples.Rotated, "ETag", Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        keys.MapDelete("/{id:guid}/previous-secret", EndPreviousAsync)
            .Needs(ApiKeyPermissions.Manage)
            .WithName("EndPreviousSecret")
            .WithSummary("End the secret that a rotation replaced, before its grace is over")
            .Answers(200, "The key as it is now.", ApiKeyExamples.Edited, "ETag")
            .Refuses(404, 409);

        keys.MapDelete("/{id:guid}", RevokeAsync)
            .Needs(ApiKeyPermissions.Manage)
            .WithName("RevokeApiKey")
            .WithSummary("Revoke a key")
            .WithDescription("It stops at once on every node and stays in the list, because tickets and audit name it. Revoking it again changes nothing.")
            .Answers(200, "The key as it is now.", ApiKeyExamples.Revoked, "ETag")
            .Refuses(404);
    }

    private static async Task<Results<Created<ApiKeyView>, ProblemAnswer>> CreateAsync(NewApiKey request, HttpContext http, ApiKeyService keys, Idempotency once, CancellationToken ct)
    {
        string? secret = null;
        var created = await once.OnceAsync(http, async () => (await keys.CreateAsync(request, ct)).Map(made => Keep(made, out secret)), ct);
        if (!created.IsSuccess)
            return (ProblemAnswer)created.Error;
        EntityTags.Put(http.Response, created.Value.Version);
        return TypedResults.Created($"{Route}/{created.Value.Id}", created.Value with { Secret = secret });
    }

    private static async Task<Results<Ok<Page<ApiKeyView>>, ProblemAnswer>> ListAsync(QueryValues query, ApiKeyService keys, CancellationToken ct)
    {
        var filter = new ApiKeyQuery
        {
            Statuses = query.Many<ApiKeyStatus>("status"),
            Text = query.Text("q"),
            Limit = query.Number("limit", DefaultLimit),
            Cursor = query.Text("cursor"),
        };
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await keys.ListAsync(filter, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<ApiKeyView>, ProblemAnswer>> GetAsync(Guid id, HttpContext http, ApiKeyService keys, CancellationToken ct) =>
        Answer(http, await keys.GetAsync(id, ct));

    private static async Task<Results<Ok<ApiKeyView>, ProblemAnswer>> EditAsync(Guid id, EditApiKey request, HttpContext http, ApiKeyService keys, CancellationToken ct)
    {
        if (!IfMatch.TryRead(http.Request, out var condition, out var problem))
            return (ProblemAnswer)problem;
        var expected = await condition.ExpectedAsync(async () => await keys.GetAsync(id, ct) is { IsSuccess: true, Value: var current } ? current.Version : null);
        return Answer(http, await keys.EditAsync(id, request, expected, ct));
    }

    private static async Task<Results<Ok<ApiKeyView>, ProblemAnswer>> RotateAsync(Guid id, HttpContext http, ApiKeyService keys, Idempotency once, CancellationToken ct)
    {
        string? secret = null;
        var rotated = await once.OnceAsync(http, async () => (await keys.RotateAsync(id, ct)).Map(made => Keep(made, out secret)), ct);
        return Answer(http, rotated.Map(key => key with { Secret = secret }));
    }

    private static async Task<Results<Ok<ApiKeyView>, ProblemAnswer>> EndPreviousAsync(Guid id, HttpContext http, ApiKeyService keys, CancellationToken ct) =>
        Answer(http, await keys.EndPreviousAsync(id, ct));

    private static async Task<Results<Ok<ApiKeyView>, ProblemAnswer>> RevokeAsync(Guid id, HttpContext http, ApiKeyService keys, CancellationToken ct) =>
        Answer(http, await keys.RevokeAsync(id, ct));

    private static Results<Ok<ApiKeyView>, ProblemAnswer> Answer(HttpContext http, Result<ApiKeyView> key)
    {
        if (!key.IsSuccess)
            return (ProblemAnswer)key.Error;
        EntityTags.Put(http.Response, key.Value.Version);
        return TypedResults.Ok(key.Value);
    }

    private static ApiKeyView Keep(CreatedApiKey made, out string secret)
    {
        secret = made.Text;
        return made.Key;
    }
}
