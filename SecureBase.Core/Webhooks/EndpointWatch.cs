using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Sending;

namespace SecureBase.Core.Webhooks;

/// <summary>An endpoint of some customer and how it stands: enough to tell them, and nothing of what is sent.</summary>
public sealed record WatchedEndpoint
{
    public required Guid WebhookId { get; init; }
    public required string TenantSlug { get; init; }
    public required string TenantName { get; init; }
    /// <summary>Scheme, host and port; the path is the customer's.</summary>
    public required string Origin { get; init; }
    public string? Description { get; init; }
    public required EndpointStanding Standing { get; init; }
    public DateTimeOffset? FailingSince { get; init; }
    public DateTimeOffset? LastFailedAt { get; init; }
    /// <summary>In words.</summary>
    public string? LastError { get; init; }
    public string? DisabledReason { get; init; }
    /// <summary>The circuit is open or half-open.</summary>
    public required bool CircuitOpen { get; init; }
    /// <summary>Attempts of the last 24 hours.</summary>
    public required int Succeeded { get; init; }
    public required int Failed { get; init; }
    /// <summary>Those attempts hour by hour, the present one last.</summary>
    public required IReadOnlyList<HourOfDeliveries> Hours { get; init; }

    /// <summary>Share of them that succeeded, 0–1; null without any.</summary>
    public double? SuccessRate => Succeeded + Failed == 0 ? null : (double)Succeeded / (Succeeded + Failed);
}

/// <summary>How many endpoints of all customers stand how.</summary>
public sealed record EndpointCounts(int Healthy, int Failing, int Paused, int Disabled);

/// <summary>The endpoints of all customers, for staff, the ones in trouble first. Looking at them is recorded in the operator's audit log.</summary>
public sealed class EndpointWatch(IDbContextFactory<StaffDb> contexts, StaffAccess access, UnitOfWork unit, Caller caller, TimeProvider clock)
{
    /// <summary>The audit action of staff who look at the endpoints of all tenants.</summary>
    public const string Listed = "staff.listed_webhooks";

    public const int Shown = 200;

    /// <summary>Up to <see cref="Shown"/> endpoints: failing ones first, the longest failing on top, then disabled, paused and healthy ones.</summary>
    /// <param name="onlyTroubled">Leaves paused and healthy ones out.</param>
    /// <param name="tenant">Slug of the one customer whose endpoints are listed; null for all.</param>
    public async Task<Result<IReadOnlyList<WatchedEndpoint>>> ListAsync(bool onlyTroubled, string? tenant, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Oversee))
            return await unit.RefuseAsync(WebhookPermissions.Oversee, Listed, refusal: null, ct);
        await access.RecordListAsync(WebhookPermissions.Oversee, Listed, ct);
        var now = clock.GetUtcNow();
        var since = now.AddHours(-HourOfDeliveries.Shown);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await Joined(db, tenant)
            .Where(r => !onlyTroubled || r.Status == EndpointStatus.Disabled || (r.Status == EndpointStatus.Enabled && r.FailingSince != null))
            .OrderBy(r => r.Status == EndpointStatus.Enabled && r.FailingSince != null ? 0 : r.Status == EndpointStatus.Disabled ? 1 : r.Status == EndpointStatus.Paused ? 2 : 3)
            .ThenBy(r => r.FailingSince).ThenBy(r => r.TenantSlug).ThenBy(r => r.Id).Take(Shown).ToListAsync(ct);
        var (tenants, lanes) = (rows.Select(r => r.TenantId).Distinct().ToArray(), rows.Select(r => r.Lane).ToArray());
        var tallies = (await db.DeliveryTallies.Where(t => tenants.Contains(t.TenantId) && t.Channel == WebhookChannel.ChannelName && lanes.Contains(t.Lane) && t.Quarter > since)
            .Select(t => new { t.Lane, Quarter = new QuarterOfDeliveries(t.Quarter, t.Succeeded, t.Failed) }).ToListAsync(ct)).ToLookup(t => t.Lane, t => t.Quarter);
        return Result<IReadOnlyList<WatchedEndpoint>>.Success(
        [
            .. rows.Select(r => new WatchedEndpoint
            {
                WebhookId = r.Id, TenantSlug = r.TenantSlug, TenantName = r.TenantName, Origin = r.Origin, Description = r.Description, Standing = StandingOf(r.Status, r.FailingSince),
                FailingSince = r.FailingSince, LastFailedAt = r.LastFailedAt, LastError = r.LastError, DisabledReason = r.DisabledReason, CircuitOpen = r.HalfOpen,
                Succeeded = tallies[r.Lane].Sum(q => q.Succeeded), Failed = tallies[r.Lane].Sum(q => q.Failed), Hours = HourOfDeliveries.Sum(tallies[r.Lane], now),
            }),
        ]);
    }

    /// <summary>How many there are of each standing, in all.</summary>
    /// <param name="tenant">Slug of the one customer whose endpoints are counted; null for all.</param>
    public async Task<Result<EndpointCounts>> CountAsync(string? tenant, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Oversee))
            return await unit.RefuseAsync(WebhookPermissions.Oversee, Listed, refusal: null, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Joined(db, tenant).GroupBy(_ => 1).Select(g => new EndpointCounts(
            g.Count(r => r.Status == EndpointStatus.Enabled && r.FailingSince == null),
            g.Count(r => r.Status == EndpointStatus.Enabled && r.FailingSince != null),
            g.Count(r => r.Status == EndpointStatus.Paused),
            g.Count(r => r.Status == EndpointStatus.Disabled))).SingleOrDefaultAsync(ct) ?? new EndpointCounts(0, 0, 0, 0);
    }

    // The staff role sees no secret and no header of an endpoint, so columns are named.
    private static IQueryable<Row> Joined(StaffDb db, string? slug) =>
        from endpoint in db.WebhookEndpoints
        where endpoint.DeletedAt == null
        join tenant in db.Tenants.Where(t => slug == null || t.Slug == slug) on endpoint.TenantId equals tenant.Id
        join lane in db.DeliveryLanes.Where(l => l.Channel == WebhookChannel.ChannelName)
            on new { endpoint.TenantId, Lane = endpoint.Id.ToString().Replace("-", "") } equals new { lane.TenantId, lane.Lane }
        select new Row
        {
            Id = endpoint.Id, TenantId = endpoint.TenantId, TenantSlug = tenant.Slug, TenantName = tenant.Name, Origin = endpoint.Origin, Description = endpoint.Description, Status = endpoint.Status,
            DisabledReason = endpoint.DisabledReason, Lane = lane.Lane, FailingSince = lane.FailingSince, LastFailedAt = lane.LastFailedAt, LastError = lane.LastError, HalfOpen = lane.HalfOpen,
        };

    private static EndpointStanding StandingOf(EndpointStatus status, DateTimeOffset? failingSince) => status switch
    {
        EndpointStatus.Paused => EndpointStanding.Paused,
        EndpointStatus.Disabled => EndpointStanding.Disabled,
        _ => failingSince is null ? EndpointStanding.Healthy : EndpointStanding.Failing,
    };

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string TenantSlug { get; init; }
        public required string TenantName { get; init; }
        public required string Origin { get; init; }
        public string? Description { get; init; }
        public required EndpointStatus Status { get; init; }
        public string? DisabledReason { get; init; }
        public required string Lane { get; init; }
        public DateTimeOffset? FailingSince { get; init; }
        public DateTimeOffset? LastFailedAt { get; init; }
        public string? LastError { get; init; }
        public required bool HalfOpen { get; init; }
    }
}
