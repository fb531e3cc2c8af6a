using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Sending;

namespace SecureBase.Core.Webhooks;

/// <summary>The delivery log of this scope's tenant, and what can be sent anew from it. Kept for 30 days.</summary>
public sealed class WebhookDeliveryService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, Caller caller, IOptions<WebhookOptions> options)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(1);

    /// <summary>A delivery's id begins with the time it was made; how far that may be from it.</summary>
    internal static readonly TimeSpan IdSlack = TimeSpan.FromMinutes(1);

    /// <summary>Newest first, without what the attempts exchanged.</summary>
    public async Task<Result<Page<WebhookDeliveryView>>> ListAsync(WebhookDeliveryQuery query, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Read))
            return Error.Forbidden(WebhookPermissions.Read);
        if (WebhookRules.Validate(query) is { } invalid)
            return invalid;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var deliveries = Matching(db.Deliveries.AsNoTracking(), query);
        if (query.About is { } about)
            deliveries = await AboutAsync(db, deliveries, about, ct);
        var page = await deliveries.OrderByDescending(d => d.Id).Take(query.Limit + 1).Include(d => d.Event).Include(d => d.Attempts).AsSplitQuery().ToListAsync(ct);
        return new Page<WebhookDeliveryView>([.. page.Take(query.Limit).Select(d => ToView(d, []))], page.Count > query.Limit ? page[query.Limit - 1].Id.ToString("N") : null);
    }

    /// <summary>One delivery with what each attempt sent and got back; not found when it is another tenant's, no webhook or purged.</summary>
    public async Task<Result<WebhookDeliveryView>> GetAsync(Guid id, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Read))
            return Error.Forbidden(WebhookPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await FindAsync(db, id, ct);
    }

    /// <summary>
    /// Sends it again under the same id: one that has ended with all attempts of the schedule anew, one that is pending at once; where events
    /// of a subject go in order, before those that wait. Errors: not found, an attempt is under way or an earlier one of the same subject goes first, the endpoint is disabled or deleted.
    /// </summary>
    public Task<Result<WebhookDeliveryView>> ReplayAsync(Guid id, CancellationToken ct) =>
        unit.ChangeAsync<WebhookDeliveryView>(WebhookPermissions.Manage, "webhook.delivery_replayed", async (change, ct) =>
        {
            // Those that go in order keep their line, and its lock comes before the row's.
            var line = await change.Db.Deliveries.Where(d => d.Id == id && d.OrderKey != null).Select(d => new { d.Lane, Key = d.OrderKey!.Value }).SingleOrDefaultAsync(ct);
            if (line is not null)
                await change.Db.LockOrderAsync([line.Lane], ct);
            if (await change.Db.Deliveries.FromSql($"select * from deliveries where tenant_id = {change.Db.TenantId} and id = {id} and channel = {WebhookChannel.ChannelName} for update").SingleOrDefaultAsync(ct) is not { } delivery)
                return WebhookErrors.DeliveryNotFound;
            var endpointId = Guid.Parse(delivery.Target);
            if (await change.Db.WebhookEndpoints.SingleOrDefaultAsync(e => e.Id == endpointId && e.DeletedAt == null, ct) is not { } endpoint)
                return WebhookErrors.NotFound;
            if (endpoint.Status == EndpointStatus.Disabled)
                return WebhookErrors.Disabled;
            if (delivery.LeaseToken is not null || delivery.WaitsForItsTurn)
                return WebhookErrors.StillPending;
            delivery.SendAgain(change.At);
            change.Audit("webhook.delivery_replayed", WebhookEvents.Webhook, endpointId, new { delivery = id });
            change.Emit(WebhookEvents.Changed, WebhookEvents.Webhook, endpointId, endpoint.Version, data: null);
            await change.Db.SaveChangesAsync(ct);
            if (line is not null)
                await change.Db.RestoreOrderAsync([line.Lane], [line.Key], change.At, ct);
            return (await FindAsync(change.Db, id, ct)).Value;
        }, ct);

    /// <summary>
    /// Sends <c>webhook.test</c> to the endpoint, whatever its filter and even if it is paused or disabled, once and through the same guard and
    /// signature as every delivery, and waits for the attempt.
    /// </summary>
    /// <returns>The delivery with its attempt; without one when this installation is too busy to have made it yet.</returns>
    public async Task<Result<WebhookDeliveryView>> TestAsync(Guid endpointId, CancellationToken ct)
    {
        var begun = await BeginTestAsync(endpointId, ct);
        return begun.IsSuccess ? await EndOfTestAsync(begun.Value, ct) : begun.Error;
    }

    /// <summary>The first half of <see cref="TestAsync"/>, for callers that must not send twice: answers the test's event.</summary>
    public Task<Result<Guid>> BeginTestAsync(Guid endpointId, CancellationToken ct) =>
        unit.ChangeAsync<Guid>(WebhookPermissions.Manage, "webhook.tested", async (change, ct) =>
        {
            if (await change.Db.WebhookEndpoints.AsNoTracking().SingleOrDefaultAsync(e => e.Id == endpointId && e.DeletedAt == null, ct) is not { } endpoint)
                return WebhookErrors.NotFound;
            if (await IsUnderTestAsync(change, endpointId, ct))
                return WebhookErrors.TestUnderWay;
            change.Audit("webhook.tested", WebhookEvents.Webhook, endpointId);
            change.Emit(WebhookEvents.Test, WebhookEvents.Webhook, endpointId, endpoint.Version, endpoint.ToView(change.At));
            return change.Db.OutboxEvents.Local.Single(e => e.Type == WebhookEvents.Test).Id;
        }, ct);

    /// <summary>The second half: waits for the attempt of a test that was begun. Not found when its endpoint was deleted before it was sent.</summary>
    public async Task<Result<WebhookDeliveryView>> EndOfTestAsync(Guid eventId, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Manage))
            return Error.Forbidden(WebhookPermissions.Manage);
        // Of the machine's own time, as are the pauses between two looks: somebody waits for the answer.
        using var timeout = new CancellationTokenSource(2 * options.Value.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        Guid? id = null;
        var look = FirstLook;
        try
        {
            while (true)
            {
                await using (var db = await contexts.CreateDbContextAsync(ct))
                {
                    // Fan-out marks the event in the transaction that makes its delivery.
                    var isFannedOut = await db.OutboxEvents.AnyAsync(e => e.Id == eventId && e.DispatchedAt != null, ct);
                    var delivery = await db.Deliveries.AsNoTracking().Where(d => d.EventId == eventId && d.Channel == WebhookChannel.ChannelName).Select(d => new { d.Id, d.Status }).SingleOrDefaultAsync(ct);
                    if (isFannedOut && delivery is null)
                        return WebhookErrors.NotFound;
                    id = delivery?.Id;
                    if (delivery is not null && delivery.Status != DeliveryStatus.Pending)
                        break;
                }
                await Task.Delay(look, either.Token);
                look = look * 1.5 < LastLook ? look * 1.5 : LastLook;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            if (id is null)
                return WebhookErrors.TestNotSent;
        }
        await using var read = await contexts.CreateDbContextAsync(ct);
        return await FindAsync(read, id!.Value, ct);
    }

    // Whoever tests waits, and each who waits looks again and again: one at a time for an endpoint.
    private async Task<bool> IsUnderTestAsync(Change change, Guid endpointId, CancellationToken ct)
    {
        await change.Db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('webhook test ' || {endpointId}, 0))", ct);
        var since = change.At - (2 * options.Value.Timeout);
        var lane = WebhookChannel.TestLaneOf(endpointId);
        return await change.Db.OutboxEvents.AnyAsync(e => e.DispatchedAt == null && e.Type == WebhookEvents.Test && e.SubjectId == endpointId && e.OccurredAt > since, ct)
            || await change.Db.Deliveries.AnyAsync(d => d.Channel == WebhookChannel.ChannelName && d.Lane == lane && d.Status == DeliveryStatus.Pending && d.CreatedAt > since, ct);
    }

    private async Task<Result<WebhookDeliveryView>> FindAsync(SecureBaseDb db, Guid id, CancellationToken ct)
    {
        var delivery = await db.Deliveries.AsNoTracking().Where(d => d.Id == id && d.Channel == WebhookChannel.ChannelName).Include(d => d.Event).Include(d => d.Attempts).SingleOrDefaultAsync(ct);
        if (delivery is null)
            return WebhookErrors.DeliveryNotFound;
        var body = await db.DeliveryPayloads.Where(p => p.EventId == delivery.EventId && p.Channel == WebhookChannel.ChannelName).Select(p => p.Body).SingleAsync(ct);
        var exchanges = await db.DeliveryExchanges.AsNoTracking().Where(e => e.DeliveryId == id).ToListAsync(ct);
        return ToView(delivery, exchanges.ToDictionary(e => e.Number, e => ToView(e, body)));
    }

    // One kind of id at a time, each by an index: asked for all three at once, the database reads the whole log.
    private static async Task<IQueryable<Delivery>> AboutAsync(SecureBaseDb db, IQueryable<Delivery> deliveries, Guid about, CancellationToken ct)
    {
        if (await db.Deliveries.AnyAsync(d => d.Id == about, ct))
            return deliveries.Where(d => d.Id == about);
        if (await db.OutboxEvents.AnyAsync(e => e.Id == about, ct))
            return deliveries.Where(d => d.EventId == about);
        return deliveries.Where(d => db.OutboxEvents.Where(e => e.SubjectId == about).Select(e => e.Id).Contains(d.EventId));
    }

    private static IQueryable<Delivery> Matching(IQueryable<Delivery> deliveries, WebhookDeliveryQuery query)
    {
        deliveries = deliveries.Where(d => d.Channel == WebhookChannel.ChannelName);
        if (query.WebhookId is { } webhook)
        {
            var target = webhook.ToString();
            deliveries = deliveries.Where(d => d.Target == target);
        }
        // Named outright, for there is an index of the failed alone, and they are what people look for.
        if (query.Statuses is [DeliveryStatus.Failed])
            deliveries = deliveries.Where(d => d.Status == DeliveryStatus.Failed);
        else if (query.Statuses.Count > 0)
            deliveries = deliveries.Where(d => query.Statuses.Contains(d.Status));
        if (query.EventTypes.Count > 0)
            deliveries = deliveries.Where(d => query.EventTypes.Contains(d.Event.Type));
        if (query.From is { } from)
        {
            var first = FirstIdOf(from);
            deliveries = deliveries.Where(d => d.CreatedAt >= from && d.Id.CompareTo(first) >= 0);
        }
        if (query.To is { } to)
        {
            var last = LastIdOf(to);
            deliveries = deliveries.Where(d => d.CreatedAt <= to && d.Id.CompareTo(last) < 0);
        }
        if (query.Cursor is { } cursor)
        {
            var before = Guid.ParseExact(cursor, "N");
            deliveries = deliveries.Where(d => d.Id.CompareTo(before) < 0);
        }
        return deliveries;
    }

    /// <summary>Deliveries of then and later have no smaller id; whatever the calendar knows is an instant.</summary>
    internal static Guid FirstIdOf(DateTimeOffset from) => IdAt(from - DateTimeOffset.MinValue > IdSlack ? from.ToUniversalTime() - IdSlack : DateTimeOffset.MinValue);

    /// <summary>Deliveries of then and earlier have a smaller id.</summary>
    internal static Guid LastIdOf(DateTimeOffset to) => IdAt(DateTimeOffset.MaxValue - to > IdSlack ? to.ToUniversalTime() + IdSlack : DateTimeOffset.MaxValue);

    private static Guid IdAt(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, at.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private WebhookDeliveryView ToView(Delivery delivery, Dictionary<int, WebhookExchangeView> exchanges) => new()
    {
        Id = delivery.Id,
        WebhookId = Guid.Parse(delivery.Target),
        EventId = delivery.EventId,
        EventType = delivery.Event.Type,
        Status = delivery.Status,
        CreatedAt = delivery.CreatedAt,
        FinishedAt = delivery.FinishedAt,
        NextAttemptAt = delivery is { Status: DeliveryStatus.Pending, LeaseToken: null, WaitsForItsTurn: false } ? delivery.NextAttemptAt : null,
        AttemptsLeft = delivery.Status != DeliveryStatus.Pending ? 0
            : Math.Max(0, (delivery.Event.Type == WebhookEvents.Test ? 1 : options.Value.RetrySchedule.Count + 1) - (delivery.AttemptCount - delivery.EarlierAttempts)),
        Attempts =
        [
            .. delivery.Attempts.OrderBy(a => a.Number).Select(a => new WebhookAttemptView
            {
                Number = a.Number, At = a.At, Outcome = a.Outcome, StatusCode = a.StatusCode, LatencyMs = a.LatencyMs, Error = a.Error, Exchange = exchanges.GetValueOrDefault(a.Number),
            }),
        ],
    };

    private static WebhookExchangeView ToView(DeliveryExchange exchange, byte[] body)
    {
        var sent = DeliveryExchange.ReadHeaders(exchange.RequestHeaders);
        return new WebhookExchangeView
        {
            Url = exchange.Url,
            RequestHeaders = sent,
            ResponseHeaders = DeliveryExchange.ReadHeaders(exchange.ResponseHeaders),
            ResponseBody = Encoding.UTF8.GetString(exchange.ResponseBody),
            ResponseTruncated = exchange.ResponseTruncated,
            SignedContent = $"{Value(Signing.WebhookSigner.IdHeader)}.{Value(Signing.WebhookSigner.TimestampHeader)}.{Encoding.UTF8.GetString(body)}",
        };

        string Value(string name) => sent.Single(h => h.Name == name).Value;
    }
}
