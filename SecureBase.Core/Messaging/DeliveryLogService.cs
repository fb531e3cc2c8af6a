using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

/// <summary>A delivery and how it went.</summary>
public sealed record DeliveryView
{
    public required Guid Id { get; init; }
    public required string Tenant { get; init; }
    public required string Channel { get; init; }
    public required string Target { get; init; }
    public required Guid EventId { get; init; }
    public required string EventType { get; init; }
    public required string SubjectKind { get; init; }
    public required Guid SubjectId { get; init; }
    public required DeliveryStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    /// <summary>Null when it is over, and while an attempt is under way.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<DeliveryAttemptView> Attempts { get; init; }
}

/// <param name="Error">In words; null when it succeeded.</param>
public sealed record DeliveryAttemptView(int Number, DateTimeOffset At, AttemptOutcome Outcome, int LatencyMs, string? Error);

/// <summary>Which deliveries, newest first. Null means any.</summary>
public sealed record DeliveryQuery
{
    /// <summary>The tenant's slug.</summary>
    public string? Tenant { get; init; }
    public string? Channel { get; init; }
    public DeliveryStatus? Status { get; init; }
    /// <summary>1–100.</summary>
    public int Limit { get; init; } = 50;
    /// <summary>From the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>Deliveries of all tenants with their attempts, for the provider's staff.</summary>
public sealed class DeliveryLogService(IDbContextFactory<StaffDb> contexts, Caller caller)
{
    public static readonly Permission Read = new("deliveries.read", "staff:support", Roles.Operator);

    public async Task<Result<Page<DeliveryView>>> ListAsync(DeliveryQuery query, CancellationToken ct)
    {
        if (!caller.Can(Read))
            return Error.Forbidden(Read);
        if (query.Limit is < 1 or > 100)
            return Error.Invalid("limit", "The limit lies between 1 and 100.");
        Guid? before = null;
        if (query.Cursor is not null && !TryParse(query.Cursor, out before))
            return Error.Invalid("cursor", "This is no cursor of this list; start at its first page.");

        await using var db = await contexts.CreateDbContextAsync(ct);
        // The newest of each tenant, merged: one descent of the primary key per tenant instead of a sort of everything.
        var tenants = query.Tenant is null ? db.Tenants : db.Tenants.Where(t => t.Slug == query.Tenant);
        var newest = await tenants.SelectMany(t => db.Deliveries
                .Where(d => d.TenantId == t.Id && (before == null || d.Id.CompareTo(before.Value) < 0))
                .Where(d => query.Channel == null || d.Channel == query.Channel)
                .Where(d => query.Status == null || d.Status == query.Status)
                .OrderByDescending(d => d.Id).Take(query.Limit + 1), (t, d) => new { t.Slug, d.TenantId, d.Id })
            .OrderByDescending(d => d.Id).Take(query.Limit + 1).ToListAsync(ct);
        var page = newest.Take(query.Limit).ToList();
        var slugs = page.ToDictionary(d => d.Id, d => d.Slug);
        var ids = page.Select(d => d.Id).ToArray();
        var tenantIds = page.Select(d => d.TenantId).Distinct().ToArray();
        var deliveries = await db.Deliveries.Where(d => tenantIds.Contains(d.TenantId) && ids.Contains(d.Id)).Include(d => d.Event).Include(d => d.Attempts)
            .OrderByDescending(d => d.Id).ToListAsync(ct);
        return new Page<DeliveryView>([.. deliveries.Select(d => ToView(d, slugs[d.Id]))], newest.Count > query.Limit ? page[^1].Id.ToString("N") : null);
    }

    /// <summary>One delivery; not found when no tenant has one of that id.</summary>
    public async Task<Result<DeliveryView>> FindAsync(Guid id, CancellationToken ct)
    {
        if (!caller.Can(Read))
            return Error.Forbidden(Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        // By the primary key of each tenant, which begins with the tenant.
        var found = await db.Tenants.SelectMany(t => db.Deliveries.Where(d => d.TenantId == t.Id && d.Id == id), (t, d) => new { t.Slug, d.TenantId }).SingleOrDefaultAsync(ct);
        if (found is null)
            return Error.NotFound("delivery");
        var delivery = await db.Deliveries.Where(d => d.TenantId == found.TenantId && d.Id == id).Include(d => d.Event).Include(d => d.Attempts).SingleAsync(ct);
        return ToView(delivery, found.Slug);
    }

    private static DeliveryView ToView(Delivery delivery, string tenant) => new()
    {
        Id = delivery.Id,
        Tenant = tenant,
        Channel = delivery.Channel,
        Target = delivery.Target,
        EventId = delivery.EventId,
        EventType = delivery.Event.Type,
        SubjectKind = delivery.Event.SubjectKind,
        SubjectId = delivery.Event.SubjectId,
        Status = delivery.Status,
        CreatedAt = delivery.CreatedAt,
        FinishedAt = delivery.FinishedAt,
        NextAttemptAt = delivery is { Status: DeliveryStatus.Pending, LeaseToken: null, WaitsForItsTurn: false } ? delivery.NextAttemptAt : null,
        Attempts = [.. delivery.Attempts.OrderBy(a => a.Number).Select(a => new DeliveryAttemptView(a.Number, a.At, a.Outcome, a.LatencyMs, a.Error))],
    };

    private static bool TryParse(string cursor, out Guid? id)
    {
        var parsed = Guid.TryParseExact(cursor, "N", out var value);
        id = value;
        return parsed;
    }
}
