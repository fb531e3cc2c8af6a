using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Sending;

namespace SecureBase.Core.Webhooks;

public enum EndpointStanding
{
    /// <summary>The last attempt succeeded, or there was none.</summary>
    Healthy,
    /// <summary>Attempts fail and are tried again.</summary>
    Failing,
    /// <summary>Nothing is sent until somebody goes on with it.</summary>
    Paused,
    Disabled,
}

/// <summary>How an endpoint fares, at a glance.</summary>
public sealed record WebhookHealth
{
    /// <summary>So many pending deliveries are counted; more are shown as more.</summary>
    public const int CountedPending = 10_000;

    public required Guid WebhookId { get; init; }
    public required EndpointStanding Standing { get; init; }
    /// <summary>Attempts of the last 24 hours.</summary>
    public required int Succeeded { get; init; }
    public required int Failed { get; init; }
    /// <summary>95th percentile of the latest 1,000 attempts; null without any.</summary>
    public int? P95Ms { get; init; }
    /// <summary>Deliveries not ended yet, at most <see cref="CountedPending"/>.</summary>
    public required int Pending { get; init; }
    /// <summary>Those of them that have failed before.</summary>
    public required int Retried { get; init; }
    /// <summary>When the next of them is due.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
    public DateTimeOffset? FailingSince { get; init; }
    /// <summary>In words; kept when it has succeeded since.</summary>
    public string? LastError { get; init; }
    public DateTimeOffset? LastFailedAt { get; init; }
    /// <summary>The circuit is open or half-open: one attempt at a time, no sooner than <see cref="HeldUntil"/>.</summary>
    public required bool CircuitOpen { get; init; }
    public DateTimeOffset? HeldUntil { get; init; }
    /// <summary>96 quarters of an hour, the present one last.</summary>
    public required IReadOnlyList<QuarterOfDeliveries> Quarters { get; init; }

    /// <summary>Share of attempts of the last 24 hours that succeeded, 0–1; null without any.</summary>
    public double? SuccessRate => Succeeded + Failed == 0 ? null : (double)Succeeded / (Succeeded + Failed);
}

/// <summary>Attempts within a quarter of an hour.</summary>
public sealed record QuarterOfDeliveries(DateTimeOffset From, int Succeeded, int Failed);

/// <summary>How the endpoints of this scope's tenant fare. Its cost grows with their number and not with that of their deliveries.</summary>
public sealed class WebhookHealthService(IDbContextFactory<SecureBaseDb> contexts, Caller caller, TimeProvider clock)
{
    internal const int Quarters = 96;
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <summary>By endpoint; deleted ones left out.</summary>
    public async Task<Result<IReadOnlyDictionary<Guid, WebhookHealth>>> ReadAsync(CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Read))
            return Error.Forbidden(WebhookPermissions.Read);
        var now = clock.GetUtcNow();
        var first = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Quarter.Ticks), TimeSpan.Zero) - ((Quarters - 1) * Quarter);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var endpoints = await db.WebhookEndpoints.AsNoTracking().Where(e => e.DeletedAt == null).Select(e => new { e.Id, e.Status }).ToListAsync(ct);
        var lanes = await db.DeliveryLanes.AsNoTracking().Where(l => l.Channel == WebhookChannel.ChannelName).ToDictionaryAsync(l => l.Lane, ct);
        var tallies = (await db.DeliveryTallies.AsNoTracking().Where(t => t.Channel == WebhookChannel.ChannelName && t.Quarter >= first).ToListAsync(ct)).ToLookup(t => t.Lane);
        var queues = (await QueuesAsync(db, now, ct)).ToDictionary(q => q.Id);
        // One that was deleted since the first of these reads is in none of the later ones.
        return Result<IReadOnlyDictionary<Guid, WebhookHealth>>.Success(endpoints.Where(e => queues.ContainsKey(e.Id)).ToDictionary(e => e.Id, e =>
        {
            var name = WebhookEndpoint.LaneOf(e.Id);
            return Health(e.Id, e.Status, lanes[name], queues[e.Id], [.. Spread(first, tallies[name])], now);
        }));
    }

    /// <summary>How many endpoints fail or are disabled.</summary>
    public async Task<Result<int>> CountTroubledAsync(CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Read))
            return Error.Forbidden(WebhookPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.WebhookEndpoints.CountAsync(e => e.DeletedAt == null && (e.Status == EndpointStatus.Disabled
            || (e.Status == EndpointStatus.Enabled && db.DeliveryLanes.Any(l => l.Channel == WebhookChannel.ChannelName && l.Lane == e.Id.ToString().Replace("-", "") && l.FailingSince != null))), ct);
    }

    private static WebhookHealth Health(Guid id, EndpointStatus status, DeliveryLaneState lane, Queue queue, List<QuarterOfDeliveries> quarters, DateTimeOffset now) => new()
    {
        WebhookId = id,
        Standing = status switch
        {
            EndpointStatus.Paused => EndpointStanding.Paused,
            EndpointStatus.Disabled => EndpointStanding.Disabled,
            _ => lane.FailingSince is null ? EndpointStanding.Healthy : EndpointStanding.Failing,
        },
        Succeeded = quarters.Sum(q => q.Succeeded),
        Failed = quarters.Sum(q => q.Failed),
        P95Ms = queue.P95Ms,
        Pending = queue.Pending,
        Retried = queue.Retried,
        NextAttemptAt = Later(queue.NextAttemptAt, lane.HeldUntil),
        FailingSince = lane.FailingSince,
        LastError = lane.LastError,
        LastFailedAt = lane.LastFailedAt,
        CircuitOpen = lane.HalfOpen,
        HeldUntil = lane.HeldUntil > now ? lane.HeldUntil : null,
        Quarters = quarters,
    };

    private static DateTimeOffset? Later(DateTimeOffset? due, DateTimeOffset? held) => due is { } at && held > at ? held : due;

    private static IEnumerable<QuarterOfDeliveries> Spread(DateTimeOffset first, IEnumerable<DeliveryTally> tallies)
    {
        var byStart = tallies.ToDictionary(t => t.Quarter);
        for (var i = 0; i < Quarters; i++)
        {
            var from = first + (i * Quarter);
            yield return byStart.TryGetValue(from, out var tally) ? new QuarterOfDeliveries(from, tally.Succeeded, tally.Failed) : new QuarterOfDeliveries(from, 0, 0);
        }
    }

    private static Task<List<Queue>> QueuesAsync(SecureBaseDb db, DateTimeOffset now, CancellationToken ct) => db.Database.SqlQuery<Queue>($"""
        select e.id as "Id", q.pending::int as "Pending", q.retried::int as "Retried", q.next as "NextAttemptAt", p.p95 as "P95Ms"
        from webhooks e
        cross join lateral (
          select count(*) as pending, count(*) filter (where w.attempt_count > w.earlier_attempts) as retried, min(w.next_attempt_at) filter (where w.next_attempt_at < 'infinity') as next
          from (
            select d.attempt_count, d.earlier_attempts, d.next_attempt_at from deliveries d
            where d.tenant_id = e.tenant_id and d.channel = {WebhookChannel.ChannelName} and d.lane = replace(e.id::text, '-', '') and d.status = 'pending'
            order by d.next_attempt_at limit {WebhookHealth.CountedPending}) w) q
        cross join lateral (
          select percentile_disc(0.95) within group (order by l.latency_ms) as p95
          from (
            select a.latency_ms from deliveries d
            join delivery_attempts a on a.tenant_id = d.tenant_id and a.delivery_id = d.id and a.outcome in ('succeeded', 'failed')
            where d.tenant_id = e.tenant_id and d.channel = {WebhookChannel.ChannelName} and d.target = e.id::text and d.created_at > {now.AddDays(-1)} and d.id > {WebhookDeliveryService.FirstIdOf(now.AddDays(-1))}
            order by d.id desc limit 1000) l) p
        where e.tenant_id = {db.TenantId} and e.deleted_at is null
        """).ToListAsync(ct);

    private sealed record Queue(Guid Id, int Pending, int Retried, DateTimeOffset? NextAttemptAt, int? P95Ms);
}
