using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Webhooks;

/// <summary>An event type as the API lists it.</summary>
/// <param name="Schema">JSON Schema of the event's data.</param>
/// <param name="Example">A data as it might be sent.</param>
/// <param name="Announced">Agreed and accepted, but nothing sends it yet.</param>
public sealed record EventTypeView(string Type, string Description, JsonElement Schema, JsonElement Example, bool Announced)
{
    internal static EventTypeView Of(EventType type) => new(type.Name, type.Description, type.Schema, type.Example, type.IsAnnounced);
}

/// <summary><c>/v1/webhooks</c>: binds, calls the services, answers. A secret is in the answer that makes it and in no repeat of it.</summary>
internal static class WebhookEndpoints
{
    private const string Route = "/v1/webhooks";
    private const int DefaultLimit = 25;
    private const string SecretOnce =
        "The secret is in this answer only: what a receiver verifies with, whsec_… for scheme v1, the public key whpk_… for v1a. A repeat with the same Idempotency-Key answers without it: if the answer was lost, rotate the secret.";

    internal static IServiceCollection AddWebhooksApi(this IServiceCollection services)
    {
        foreach (var fact in WebhookSchemas.All)
            services.AddSingleton(fact);
        return services;
    }

    internal static void MapWebhooks(this RouteGroupBuilder v1)
    {
        var webhooks = v1.MapGroup("/webhooks").WithTags("Webhooks");

        webhooks.MapPost("", CreateAsync)
            .Needs(WebhookPermissions.Manage)
            .WithName("CreateWebhook")
            .WithSummary("Create an endpoint")
            .WithDescription($"From now on it gets every event that it names, signed as Standard Webhooks 1.0.0 says. A target that nothing is sent to, such as a private address, is refused with the reason. {SecretOnce}")
            .TakesIdempotencyKey()
            .WithRequestExample(WebhookExamples.Creating)
            .Answers(201, "The endpoint with its secret, at the address in Location.", WebhookExamples.Created, "Location", "ETag", Idempotency.ReplayedHeader)
            .Refuses(409, 422);

        webhooks.MapGet("", ListAsync)
            .Needs(WebhookPermissions.Read)
            .WithName("ListWebhooks")
            .WithSummary("List endpoints, oldest first")
            .TakesQuery<EndpointStatus>("status", "In any of these statuses; all without it.")
            .TakesPage()
            .Answers(200, "A page of endpoints.", WebhookExamples.Webhooks);

        webhooks.MapGet("/event-types", ListEventTypes)
            .Needs(WebhookPermissions.Read)
            .WithName("ListEventTypes")
            .WithSummary("List the event types an endpoint can name")
            .WithDescription("Each with the JSON Schema of its data and an example.")
            .Answers(200, "All of them.", WebhookExamples.EventTypes);

        webhooks.MapGet("/{id:guid}", GetAsync)
            .Needs(WebhookPermissions.Read)
            .WithName("GetWebhook")
            .WithSummary("Read an endpoint")
            .Answers(200, "The endpoint.", WebhookExamples.Webhook, "ETag")
            .Refuses(404);

        webhooks.MapPatch("/{id:guid}", EditAsync)
            .Needs(WebhookPermissions.Manage)
            .WithName("EditWebhook")
            .WithSummary("Change, pause or enable an endpoint")
            .WithDescription("Fields left out stay as they are. While an endpoint is paused its events wait; enabled again it gets them. The scheme stays what it was.")
            .TakesIfMatch()
            .WithRequestExample(WebhookExamples.Editing)
            .Answers(200, "The endpoint as it is now.", WebhookExamples.Edited, "ETag")
            .Refuses(404, 412, 422, 428);

        webhooks.MapPost("/{id:guid}/test", TestAsync)
            .Needs(WebhookPermissions.Manage)
            .WithName("TestWebhook")
            .WithSummary("Send webhook.test and wait for the attempt")
            .WithDescription("Whatever the endpoint's filter, and even if it is paused or disabled: one attempt, signed and guarded like every delivery. A failed attempt answers 200 too; the delivery says why it failed.")
            .TakesIdempotencyKey()
            .WithRequestExample(new { })
            .Answers(200, "The delivery with its attempt.", WebhookExamples.Delivery, Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        webhooks.MapPost("/{id:guid}/rotate-secret", RotateAsync)
            .Needs(WebhookPermissions.Manage)
            .WithName("RotateWebhookSecret")
            .WithSummary("Give an endpoint a new secret")
            .WithDescription($"For {WebhookEndpoint.Overlap.TotalHours:0} hours every delivery carries both signatures, so a receiver may change over at any moment. {SecretOnce}")
            .TakesIdempotencyKey()
            .WithRequestExample(new { })
            .Answers(200, "The endpoint with its new secret.", WebhookExamples.Rotated, "ETag", Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        webhooks.MapDelete("/{id:guid}/previous-secret", EndPreviousAsync)
            .Needs(WebhookPermissions.Manage)
            .WithName("EndPreviousWebhookSecret")
            .WithSummary("Stop signing with the secret that a rotation replaced, before its time")
            .Answers(200, "The endpoint as it is now.", WebhookExamples.Edited, "ETag")
            .Refuses(404);

        webhooks.MapDelete("/{id:guid}", DeleteAsync)
            .Needs(WebhookPermissions.Manage)
            .WithName("DeleteWebhook")
            .WithSummary("Delete an endpoint")
            .WithDescription("What was still to be sent is not sent. Its deliveries stay in the log for 30 days.")
            .Answers(204, "It is deleted.")
            .Refuses(404);

        MapRecoveries(webhooks);
        MapDeliveries(webhooks);
    }

    private static void MapRecoveries(RouteGroupBuilder webhooks)
    {
        webhooks.MapPost("/{id:guid}/recover", RecoverAsync)
            .Needs(WebhookPermissions.Manage)
            .WithName("RecoverDeliveries")
            .WithSummary("Send again everything that failed for good within a time")
            .WithDescription("Works in the background without a limit, each delivery under its own id. One recovery of an endpoint runs at a time.")
            .TakesIdempotencyKey()
            .WithRequestExample(WebhookExamples.Recovering)
            .Answers(202, "The recovery, at the address in Location.", WebhookExamples.Recovery, "Location", Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);

        webhooks.MapGet("/{id:guid}/recoveries/{recoveryId:guid}", GetRecoveryAsync)
            .Needs(WebhookPermissions.Read)
            .WithName("GetRecovery")
            .WithSummary("Read how far a recovery has come")
            .Answers(200, "The recovery.", WebhookExamples.Recovery)
            .Refuses(404);

        webhooks.MapPost("/{id:guid}/recoveries/{recoveryId:guid}/cancel", CancelRecoveryAsync)
            .Needs(WebhookPermissions.Manage)
            .WithName("CancelRecovery")
            .WithSummary("Stop a recovery")
            .WithDescription("What is queued again by then is sent. One that has ended stays as it is.")
            .WithRequestExample(new { })
            .Answers(200, "The recovery as it is now.", WebhookExamples.Recovery)
            .Refuses(404);
    }

    private static void MapDeliveries(RouteGroupBuilder webhooks)
    {
        webhooks.MapGet("/deliveries", ListDeliveriesAsync)
            .Needs(WebhookPermissions.Read)
            .WithName("ListDeliveries")
            .WithSummary("List deliveries, newest first")
            .WithDescription("Kept for 30 days. Filters combine.")
            .TakesQuery("webhook_id", "To the endpoint of this id.", ParameterKind.Id)
            .TakesQuery<DeliveryStatus>("status", "In any of these statuses; all without it.")
            .TakesQuery("event_type", "Of any of these types, separated by commas.")
            .TakesQuery("about", "The id of a delivery, an event or what the event is about, e.g. a ticket.", ParameterKind.Id)
            .TakesQuery("from", "Made from this time on, e.g. 2026-11-22T04:05:06Z or 2026-11-22.")
            .TakesQuery("to", "Made up to this time.")
            .TakesPage()
            .Answers(200, "A page of deliveries.", WebhookExamples.Deliveries);

        webhooks.MapGet("/deliveries/{id:guid}", GetDeliveryAsync)
            .Needs(WebhookPermissions.Read)
            .WithName("GetDelivery")
            .WithSummary("Read a delivery with what each attempt sent and got back")
            .Answers(200, "The delivery.", WebhookExamples.Delivery)
            .Refuses(404);

        webhooks.MapPost("/deliveries/{id:guid}/replay", ReplayAsync)
            .Needs(WebhookPermissions.Manage)
            .WithName("ReplayDelivery")
            .WithSummary("Send a delivery again under the same id")
            .WithDescription("One that has ended gets all attempts of the schedule anew; one that is pending is attempted as soon as the endpoint is neither paused nor held back.")
            .TakesIdempotencyKey()
            .WithRequestExample(new { })
            .Answers(202, "The delivery as it is now.", WebhookExamples.Delivery, Idempotency.ReplayedHeader)
            .Refuses(404, 409, 422);
    }

    private static async Task<Results<Created<WebhookView>, ProblemAnswer>> CreateAsync(NewWebhook request, HttpContext http, WebhookEndpointService webhooks, Idempotency once, CancellationToken ct)
    {
        string? secret = null;
        var created = await once.OnceAsync(http, async () => (await webhooks.CreateAsync(request, ct)).Map(made => Keep(made, out secret)), ct);
        if (!created.IsSuccess)
            return (ProblemAnswer)created.Error;
        EntityTags.Put(http.Response, created.Value.Version);
        return TypedResults.Created($"{Route}/{created.Value.Id}", created.Value with { Secret = secret });
    }

    private static async Task<Results<Ok<Page<WebhookView>>, ProblemAnswer>> ListAsync(QueryValues query, WebhookEndpointService webhooks, CancellationToken ct)
    {
        var filter = new WebhookQuery { Statuses = query.Many<EndpointStatus>("status"), Limit = query.Number("limit", DefaultLimit), Cursor = query.Text("cursor") };
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await webhooks.ListAsync(filter, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static Ok<Page<EventTypeView>> ListEventTypes() =>
        TypedResults.Ok(new Page<EventTypeView>([.. EventCatalogue.All.Select(EventTypeView.Of)], null));

    private static async Task<Results<Ok<WebhookView>, ProblemAnswer>> GetAsync(Guid id, HttpContext http, WebhookEndpointService webhooks, CancellationToken ct) =>
        Answer(http, await webhooks.GetAsync(id, ct));

    private static async Task<Results<Ok<WebhookView>, ProblemAnswer>> EditAsync(Guid id, EditWebhook request, HttpContext http, WebhookEndpointService webhooks, CancellationToken ct)
    {
        if (!IfMatch.TryRead(http.Request, out var condition, out var problem))
            return (ProblemAnswer)problem;
        var expected = await condition.ExpectedAsync(async () => await webhooks.GetAsync(id, ct) is { IsSuccess: true, Value: var current } ? current.Version : null);
        return Answer(http, await webhooks.EditAsync(id, request, expected, ct));
    }

    private static async Task<Results<NoContent, ProblemAnswer>> DeleteAsync(Guid id, WebhookEndpointService webhooks, CancellationToken ct) =>
        await webhooks.DeleteAsync(id, ct) is { IsSuccess: false, Error: var error } ? (ProblemAnswer)error : TypedResults.NoContent();

    private static async Task<Results<Ok<WebhookDeliveryView>, ProblemAnswer>> TestAsync(Guid id, HttpContext http, WebhookDeliveryService deliveries, Idempotency once, CancellationToken ct)
    {
        var begun = await once.OnceAsync(http, () => deliveries.BeginTestAsync(id, ct), ct);
        if (!begun.IsSuccess)
            return (ProblemAnswer)begun.Error;
        var delivery = await deliveries.EndOfTestAsync(begun.Value, ct);
        return delivery.IsSuccess ? TypedResults.Ok(delivery.Value) : (ProblemAnswer)delivery.Error;
    }

    private static async Task<Results<Ok<WebhookView>, ProblemAnswer>> RotateAsync(Guid id, HttpContext http, WebhookEndpointService webhooks, Idempotency once, CancellationToken ct)
    {
        string? secret = null;
        var rotated = await once.OnceAsync(http, async () => (await webhooks.RotateAsync(id, ct)).Map(made => Keep(made, out secret)), ct);
        return Answer(http, rotated.Map(webhook => webhook with { Secret = secret }));
    }

    private static async Task<Results<Ok<WebhookView>, ProblemAnswer>> EndPreviousAsync(Guid id, HttpContext http, WebhookEndpointService webhooks, CancellationToken ct) =>
        Answer(http, await webhooks.EndPreviousAsync(id, ct));

    private static async Task<Results<Accepted<RecoveryView>, ProblemAnswer>> RecoverAsync(Guid id, RecoverDeliveries request, HttpContext http, WebhookRecoveryService recoveries, Idempotency once, CancellationToken ct)
    {
        var begun = await once.OnceAsync(http, () => recoveries.BeginAsync(id, request, ct), ct);
        return begun.IsSuccess ? TypedResults.Accepted($"{Route}/{id}/recoveries/{begun.Value.Id}", begun.Value) : (ProblemAnswer)begun.Error;
    }

    private static async Task<Results<Ok<RecoveryView>, ProblemAnswer>> GetRecoveryAsync(Guid id, Guid recoveryId, WebhookRecoveryService recoveries, CancellationToken ct)
    {
        var recovery = await recoveries.GetAsync(id, recoveryId, ct);
        return recovery.IsSuccess ? TypedResults.Ok(recovery.Value) : (ProblemAnswer)recovery.Error;
    }

    private static async Task<Results<Ok<RecoveryView>, ProblemAnswer>> CancelRecoveryAsync(Guid id, Guid recoveryId, WebhookRecoveryService recoveries, CancellationToken ct)
    {
        var recovery = await recoveries.CancelAsync(id, recoveryId, ct);
        return recovery.IsSuccess ? TypedResults.Ok(recovery.Value) : (ProblemAnswer)recovery.Error;
    }

    private static async Task<Results<Ok<Page<WebhookDeliveryView>>, ProblemAnswer>> ListDeliveriesAsync(QueryValues query, WebhookDeliveryService deliveries, CancellationToken ct)
    {
        var filter = new WebhookDeliveryQuery
        {
            WebhookId = query.Id("webhook_id"),
            Statuses = query.Many<DeliveryStatus>("status"),
            EventTypes = [.. query.Texts("event_type")],
            About = query.Id("about"),
            From = query.Instant("from"),
            To = query.Instant("to"),
            Limit = query.Number("limit", DefaultLimit),
            Cursor = query.Text("cursor"),
        };
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var page = await deliveries.ListAsync(filter, ct);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : (ProblemAnswer)ApiProblems.OfQuery(page.Error);
    }

    private static async Task<Results<Ok<WebhookDeliveryView>, ProblemAnswer>> GetDeliveryAsync(Guid id, WebhookDeliveryService deliveries, CancellationToken ct)
    {
        var delivery = await deliveries.GetAsync(id, ct);
        return delivery.IsSuccess ? TypedResults.Ok(delivery.Value) : (ProblemAnswer)delivery.Error;
    }

    private static async Task<Results<Accepted<WebhookDeliveryView>, ProblemAnswer>> ReplayAsync(Guid id, HttpContext http, WebhookDeliveryService deliveries, Idempotency once, CancellationToken ct)
    {
        var replayed = await once.OnceAsync(http, () => deliveries.ReplayAsync(id, ct), ct);
        return replayed.IsSuccess ? TypedResults.Accepted($"{Route}/deliveries/{id}", replayed.Value) : (ProblemAnswer)replayed.Error;
    }

    private static Results<Ok<WebhookView>, ProblemAnswer> Answer(HttpContext http, Result<WebhookView> webhook)
    {
        if (!webhook.IsSuccess)
            return (ProblemAnswer)webhook.Error;
        EntityTags.Put(http.Response, webhook.Value.Version);
        return TypedResults.Ok(webhook.Value);
    }

    private static WebhookView Keep(WebhookWithSecret made, out string secret)
    {
        secret = made.Secret;
        return made.Webhook;
    }
}
