using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Publishing;
using SecureBase.Portal.Api;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Publishing;

/// <summary><c>/v1/events</c>: events of the provider's other systems.</summary>
internal static class PublishingEndpoints
{
    private static readonly PublishEvent Example = new() { Tenant = "acme", Type = ProviderEventTypes.InvoiceCreated.Name, Data = ProviderEventTypes.InvoiceCreated.Example, Id = "billing-88213" };

    internal static IServiceCollection AddPublishingApi(this IServiceCollection services)
    {
        services.AddSingleton(new SchemaFact(typeof(PublishEvent), "tenant", "Slug of the customer it is about.") { Required = true });
        services.AddSingleton(new SchemaFact(typeof(PublishEvent), "type", $"One of {string.Join(", ", EventCatalogue.All.Where(type => type.IsPublished))}.") { Required = true });
        services.AddSingleton(new SchemaFact(typeof(PublishEvent), "data", "As the type's schema in /v1/webhooks/event-types says: nothing missing, nothing besides.") { Required = true });
        services.AddSingleton(new SchemaFact(typeof(PublishEvent), "id", "Your own id of the event: the same id again, within 30 days, makes no second event.") { MinLength = 1, MaxLength = PublishedEvent.KeyMax });
        return services;
    }

    internal static void MapPublishing(this RouteGroupBuilder v1) =>
        v1.MapPost("/events", PublishAsync)
            .Needs(PublishingPermissions.Publish)
            .WithName("PublishEvent")
            .WithTags("Events")
            .WithSummary("Publish an event of another system")
            .WithDescription("For the operator's keys. The event flows on to the customer's webhooks and notifications like all others. An Idempotency-Key serves as its id where the body names none.")
            .WithRequestExample(Example)
            .Answers(202, "It is taken in and will be delivered.", new PublicationReceipt(new Guid("01935a10-1110-7b12-9d2f-5a1c7f6f3c13")))
            .Refuses(409, 422);

    private static async Task<Results<Accepted<PublicationReceipt>, ProblemAnswer>> PublishAsync(PublishEvent request, HttpContext http, EventPublishingService events, CancellationToken ct)
    {
        var id = request.Id ?? (http.Request.Headers[Idempotency.Header] is [{ Length: > 0 } key] ? key : null);
        var published = await events.PublishAsync(request with { Id = id }, ct);
        return published.IsSuccess ? TypedResults.Accepted((string?)null, published.Value) : (ProblemAnswer)published.Error;
    }
}
