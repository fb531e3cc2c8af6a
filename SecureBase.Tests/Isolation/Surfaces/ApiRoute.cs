using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Publishing;
using SecureBase.Portal.Api;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>A route of <c>/v1</c>, and the requests that can be made of it from nothing but its own metadata.</summary>
internal sealed class ApiRoute(RouteEndpoint endpoint)
{
    /// <summary>Routes whose answer holds no word of anybody's, each with how a leak of it is seen all the same.</summary>
    internal static readonly IReadOnlyDictionary<string, string> WithoutWords = new Dictionary<string, string>
    {
        ["GET /v1/admin/reports/support"] = "figures by day, over all tenants, for the operator's keys alone; a customer's key is refused",
        ["GET /v1/admin/support/tickets/{tenant}/{id:guid}/sla"] = "as the customer's own route",
        ["GET /v1/support/tickets/{id:guid}/sla"] = "instants and figures: another tenant's would be answered where what exists nowhere is not found",
        ["GET /v1/webhooks/event-types"] = "the catalogue of the build, the same for everybody",
        ["GET /v1/webhooks/{id:guid}/recoveries/{recoveryId:guid}"] = "instants and figures: another tenant's would be answered where what exists nowhere is not found",
    };

    /// <summary>Routes that hold with both locks taken off, each with what holds them then.</summary>
    internal static readonly IReadOnlyDictionary<string, string> WithAThirdLock = new Dictionary<string, string>
    {
        ["GET /v1/webhooks/event-types"] = "it reads no row",
        ["POST /v1/webhooks/{id:guid}/test"] = "the test is an event of the caller's own tenant, and fan-out finds no endpoint of that tenant for it",
        ["POST /v1/webhooks/{id:guid}/rotate-secret"] = LockedByName,
        ["POST /v1/webhooks/{id:guid}/recover"] = LockedByName,
        ["POST /v1/webhooks/{id:guid}/recoveries/{recoveryId:guid}/cancel"] = LockedByName,
        ["POST /v1/webhooks/deliveries/{id:guid}/replay"] = LockedByName,
        ["PATCH /v1/webhooks/{id:guid}"] = LockedByName,
        ["DELETE /v1/webhooks/{id:guid}/previous-secret"] = LockedByName,
        ["DELETE /v1/webhooks/{id:guid}"] = LockedByName,
    };

    private const string LockedByName = "the row is locked by a statement that names the caller's tenant";

    private const string IdempotencyKey = "idempotent_requests.key";

    private static readonly string[] OfTheOperator = ["/v1/admin/support/macros", "/v1/admin/support/staff", "/v1/admin/support/teams", "/v1/admin/support/views"];

    private readonly IReadOnlyList<DocumentedParameter> _documented = endpoint.Metadata.GetOrderedMetadata<DocumentedParameter>();

    internal HttpMethod Method { get; } = HttpMethod.Parse(endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Single());

    internal string Name => $"{Method} {Pattern}";

    /// <summary>Whether it reads or changes rows that were there before.</summary>
    internal bool ReachesRows => Method != HttpMethod.Post || endpoint.RoutePattern.Parameters.Count > 0;

    /// <summary>Whether only the operator's keys may call it.</summary>
    internal bool IsForStaff { get; } = endpoint.Metadata.GetRequiredMetadata<RequiredPermission>().Permission.GrantedTo.All(Roles.Operator.Contains);

    /// <summary>Whether it reads or changes rows of the operator's own, such as macros: no customer's ids lead there, and nothing of a customer may be shown.</summary>
    internal bool IsOfTheOperator => OfTheOperator.Any(route => Pattern == route || Pattern.StartsWith(route + "/", StringComparison.Ordinal));

    internal IEnumerable<string> QueryParameters => _documented.Where(d => d.Place == ParameterPlace.Query).Select(d => d.Name);

    /// <summary>The address of a route without parameters; null for one that has some.</summary>
    internal string? Bare => endpoint.RoutePattern.Parameters.Count == 0 ? Pattern : null;

    private string Pattern => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    internal static bool Is(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("v1/", StringComparison.Ordinal);

    /// <summary>All of them; what removes comes after what changes, and that after what adds.</summary>
    internal static IReadOnlyList<ApiRoute> All(IServiceProvider portal) =>
        [.. PortalEndpoints.Of(portal).Where(Is).Select(e => new ApiRoute(e)).OrderBy(r => r.Method == HttpMethod.Get ? 0 : r.Method == HttpMethod.Post ? 1 : r.Method == HttpMethod.Patch ? 2 : 3)];

    /// <summary>The route with these clues in its path, and once more for each clue in each query parameter and header it documents.</summary>
    internal IEnumerable<Probe> Probes(Clues clues)
    {
        var (path, ids) = SurfacePath.Fill(endpoint, Name, clues);
        var plain = new Probe(ids.Count == 0 ? "called" : "called with the other tenant's ids", Method, path, ids) { Body = Body(clues), Headers = Conditions("*") };
        yield return plain;
        if (Takes(ParameterPlace.Header, "If-Match"))
            yield return plain with { What = "called with the other tenant's ids and version", Headers = Conditions("\"1\"") };
        if (Takes(ParameterPlace.Header, "Idempotency-Key"))
            yield return plain with { What = "called with the other tenant's Idempotency-Key", Said = [.. ids, clues[IdempotencyKey]], Headers = [.. Conditions("*"), ("Idempotency-Key", clues[IdempotencyKey])] };
        foreach (var query in QueryParameters)
        {
            foreach (var (place, value) in clues.ForQuery)
                yield return plain with { What = $"called with ?{query}= the other tenant's {place}", Path = $"{path}?{query}={Uri.EscapeDataString(value)}", Said = [.. ids, value] };
        }
    }

    private bool Takes(ParameterPlace place, string name) => _documented.Any(d => d.Place == place && d.Name == name);

    private (string, string)[] Conditions(string tag) => Takes(ParameterPlace.Header, "If-Match") ? [("If-Match", tag)] : [];

    private string? Body(Clues clues)
    {
        if (Method == HttpMethod.Get || Method == HttpMethod.Delete || endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is null)
            return null;
        var example = endpoint.Metadata.GetMetadata<DocumentedRequest>()?.Example
            ?? throw new InvalidOperationException($"{Name} shows no example of its body: add WithRequestExample, which the document and the isolation suite need.");
        // An address can be invited once.
        var body = JsonSerializer.Serialize(example, example.GetType(), WireJson.Options).Replace("@acme.example", $"-{Guid.CreateVersion7():N}@acme.example", StringComparison.Ordinal);
        return example is PublishEvent ? body.Replace("\"acme\"", $"\"{clues["tenants.slug"]}\"", StringComparison.Ordinal) : body;
    }
}
