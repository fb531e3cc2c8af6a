using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Publishing;

public static class PublishingPermissions
{
    /// <summary>Through the API only, with a key of the provider's.</summary>
    public static readonly Permission Publish = new("events.publish", "events:publish", [Roles.PlatformAdmin]);
}

/// <summary>An event of another system of the provider.</summary>
public sealed record PublishEvent
{
    /// <summary>Slug of the customer it is about.</summary>
    public string? Tenant { get; init; }
    /// <summary>One of the types that are published, e.g. <c>invoice.created</c>.</summary>
    public string? Type { get; init; }
    /// <summary>As the type's schema says.</summary>
    public JsonElement? Data { get; init; }
    /// <summary>The source's own id of the event, 1–255 visible ASCII characters: the same id again makes no second event. Null for none.</summary>
    public string? Id { get; init; }
}

/// <summary>An event that was taken in.</summary>
/// <param name="Id">The portal's id of it, the same when it is published again under the source's id.</param>
public sealed record PublicationReceipt(Guid Id);

/// <summary>Takes in events of the provider's other systems, which then flow on to webhooks and everything else as the product's own do.</summary>
public sealed class EventPublishingService(IServiceScopeFactory scopes, TenantDirectory directory, UnitOfWork unit, Caller caller)
{
    private const string Published = "event.published";

    // What a receiver may rely on is all there is: nothing missing, nothing besides.
    private static readonly JsonSerializerOptions Strict = new(WireJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>Errors: an unknown tenant or type, data that does not fit the type, an id that came with another event before, forbidden.</summary>
    public async Task<Result<PublicationReceipt>> PublishAsync(PublishEvent request, CancellationToken ct)
    {
        if (!caller.Can(PublishingPermissions.Publish))
            return await unit.RefuseAsync(PublishingPermissions.Publish, Published, refusal: null, ct);
        List<FieldError> errors = [];
        var type = EventCatalogue.Find(request.Type);
        if (type is not { IsPublished: true })
            errors.Add(new("type", $"Published are {string.Join(", ", EventCatalogue.All.Where(t => t.IsPublished))}."));
        if (request.Id is { } given && (given.Length is < 1 or > PublishedEvent.KeyMax || given.AsSpan().ContainsAnyExceptInRange('!', '~')))
            errors.Add(new("id", $"The id, or the Idempotency-Key that serves as one, is 1 to {PublishedEvent.KeyMax} visible ASCII characters; leave it out for none."));
        var target = string.IsNullOrEmpty(request.Tenant) ? null : await directory.FindAsync(request.Tenant, ct);
        if (target is not { Kind: TenantKind.Customer, Status: not TenantStatus.OffBoarded })
            errors.Add(new("tenant", "There is no customer of this slug."));
        var data = type is { IsPublished: true } ? Read(type, request.Data, errors) : null;
        if (errors.Count > 0)
            return Error.Invalid(errors);

        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(target!);
        scope.ServiceProvider.GetRequiredService<Caller>().Become(caller.Actor);
        return await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ChangeAsync<PublicationReceipt>(PublishingPermissions.Publish, Published,
            (change, ct) => TakeInAsync(change, type!, data!, request.Id, ct), ct);
    }

    private static async Task<Result<PublicationReceipt>> TakeInAsync(Change change, EventType type, object data, string? key, CancellationToken ct)
    {
        var json = JsonSerializer.Serialize(data, type.Data, WireJson.Options);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{type.Name}\n{json}"));
        if (key is not null)
        {
            // Two at once with the same id: the second waits and finds the first.
            await change.Db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('published event ' || {change.Db.TenantId} || {key}, 0))", ct);
            if (await change.Db.PublishedEvents.AsNoTracking().SingleOrDefaultAsync(e => e.Key == key, ct) is { } earlier)
            {
                return CryptographicOperations.FixedTimeEquals(earlier.ContentHash, hash)
                    ? new PublicationReceipt(earlier.EventId)
                    : new Error(ErrorKind.Conflict, "event_id_reused", "Another event was published under this id before. Take a new id for a new event.");
            }
        }
        var subject = SubjectOf(change.Db.TenantId!.Value, type, json);
        change.Emit(type.Name, type.Group, subject, subjectVersion: 0, JsonSerializer.Deserialize<JsonElement>(json));
        var id = change.Db.OutboxEvents.Local.Single().Id;
        if (key is not null)
            change.Db.PublishedEvents.Add(new PublishedEvent(key, id, hash, change.At));
        change.Audit(Published, type.Group, subject, new { type = type.Name, key });
        return new PublicationReceipt(id);
    }

    private static object? Read(EventType type, JsonElement? data, List<FieldError> errors)
    {
        if (data is not { ValueKind: JsonValueKind.Object } given)
        {
            errors.Add(new("data", $"The data of {type} is an object as its schema says."));
            return null;
        }
        if (HoldsNul(given))
        {
            errors.Add(new("data", "The data contains a NUL character (\\u0000): take it out."));
            return null;
        }
        try
        {
            return given.Deserialize(type.Data, Strict);
        }
        catch (JsonException fault)
        {
            errors.Add(new("data", $"The data does not fit the schema of {type}{(fault.Path is { Length: > 2 } path ? $" at {path[2..]}" : ": a field is missing or unknown")}."));
            return null;
        }
    }

    // PostgreSQL stores none.
    private static bool HoldsNul(JsonElement data) => data.ValueKind switch
    {
        JsonValueKind.Object => data.EnumerateObject().Any(field => HoldsNul(field.Value)),
        JsonValueKind.Array => data.EnumerateArray().Any(HoldsNul),
        JsonValueKind.String => data.GetRawText().Replace(@"\\", "", StringComparison.Ordinal).Contains(@"\u0000", StringComparison.Ordinal),
        _ => false,
    };

    // Events of one invoice, scan or metric have one subject, so that an endpoint may ask for their order.
    private static Guid SubjectOf(Guid tenantId, EventType type, string json)
    {
        using var data = JsonDocument.Parse(json);
        var name = data.RootElement.TryGetProperty("scan_id", out var scan) ? scan : data.RootElement.TryGetProperty("id", out var id) ? id : data.RootElement.GetProperty("metric");
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenantId} {type.Group} {name.GetString()}")).AsSpan(0, 16), bigEndian: true);
    }
}
