namespace SecureBase.Portal.Api;

/// <summary>A parameter that an endpoint reads by itself, for the OpenAPI document.</summary>
/// <param name="Values">The enum whose names it takes, separated by commas; null for <paramref name="Kind"/>.</param>
internal sealed record DocumentedParameter(string Name, ParameterPlace Place, string Description, Type? Values = null, ParameterKind Kind = ParameterKind.Text)
{
    public bool Required { get; init; }
}

internal enum ParameterPlace { Query, Header }

internal enum ParameterKind { Text, Number, Id }

/// <summary>The refusals an endpoint has besides those that all have.</summary>
internal sealed record DocumentedRefusals(IReadOnlyList<int> Statuses);

/// <summary>What an answer looks like: the status and the headers that come with it.</summary>
internal sealed record DocumentedAnswer(int Status, string Description, object? Example, IReadOnlyList<string> Headers);

internal sealed record DocumentedRequest(object Example);

/// <summary>In place of an example: the answer is a file, byte for byte.</summary>
internal sealed record DocumentedFile;

/// <summary>Says about an endpoint what its signature does not.</summary>
internal static class EndpointDocumentation
{
    internal static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder endpoint, string name, string description, ParameterKind kind = ParameterKind.Text) =>
        endpoint.WithMetadata(new DocumentedParameter(name, ParameterPlace.Query, description, Kind: kind));

    internal static RouteHandlerBuilder TakesQuery<TEnum>(this RouteHandlerBuilder endpoint, string name, string description) where TEnum : struct, Enum =>
        endpoint.WithMetadata(new DocumentedParameter(name, ParameterPlace.Query, description, typeof(TEnum)));

    internal static RouteHandlerBuilder TakesPage(this RouteHandlerBuilder endpoint) => endpoint
        .TakesQuery("limit", "How many to answer with, 1 to 100; 25 without it.", ParameterKind.Number)
        .TakesQuery("cursor", "The next_cursor of the page before, unchanged.");

    internal static RouteHandlerBuilder TakesIdempotencyKey(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new DocumentedParameter(Idempotency.Header, ParameterPlace.Header,
            "Carries the request out once however often it is sent, for 24 hours: a repeat gets the first answer, marked Idempotency-Replayed: true. 1 to 255 visible ASCII characters."));

    internal static RouteHandlerBuilder TakesIfMatch(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new DocumentedParameter("If-Match", ParameterPlace.Header, "The ETag the change is based on.") { Required = true });

    internal static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses) => endpoint.WithMetadata(new DocumentedRefusals(statuses));

    internal static RouteHandlerBuilder Answers(this RouteHandlerBuilder endpoint, int status, string description, object? example = null, params string[] headers) =>
        endpoint.WithMetadata(new DocumentedAnswer(status, description, example, headers));

    internal static RouteHandlerBuilder WithRequestExample(this RouteHandlerBuilder endpoint, object example) => endpoint.WithMetadata(new DocumentedRequest(example));
}
