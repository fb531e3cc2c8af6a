using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Sending;
using SecureBase.Core.Webhooks.Signing;
using SecureBase.Core.Webhooks.Targets;

namespace SecureBase.Core.Webhooks;

/// <summary>The webhook endpoints of this scope's tenant. A secret is in the answer that makes it and nowhere else.</summary>
public sealed class WebhookEndpointService(
    UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, WebhookTargets targets, SecretEnvelope envelope, WebhookDirectory directory, TimeProvider clock)
{
    private const int LetGoAtOnce = 1_000;

    /// <summary>Oldest first, deleted ones left out.</summary>
    public async Task<Result<Page<WebhookView>>> ListAsync(WebhookQuery query, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Read))
            return Error.Forbidden(WebhookPermissions.Read);
        if (WebhookRules.Validate(query) is { } invalid)
            return invalid;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var matching = db.WebhookEndpoints.AsNoTracking().Where(e => e.DeletedAt == null);
        if (query.Statuses.Count > 0)
            matching = matching.Where(e => query.Statuses.Contains(e.Status));
        if (Cursor.TryParse(query.Cursor, out var from))
            matching = matching.Where(e => e.CreatedAt > from.At || (e.CreatedAt == from.At && e.Id.CompareTo(from.Id) > 0));
        var page = await matching.OrderBy(e => e.CreatedAt).ThenBy(e => e.Id).Take(query.Limit + 1).ToListAsync(ct);
        var now = clock.GetUtcNow();
        return new Page<WebhookView>([.. page.Take(query.Limit).Select(e => e.ToView(now))],
            page.Count > query.Limit ? new Cursor(page[query.Limit - 1].CreatedAt, page[query.Limit - 1].Id).ToString() : null);
    }

    /// <summary>One endpoint; not found when it is deleted, another tenant's or nobody's.</summary>
    public async Task<Result<WebhookView>> GetAsync(Guid id, CancellationToken ct)
    {
        if (!caller.Can(WebhookPermissions.Read))
            return Error.Forbidden(WebhookPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.WebhookEndpoints.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.DeletedAt == null, ct) is { } endpoint ? endpoint.ToView(clock.GetUtcNow()) : WebhookErrors.NotFound;
    }

    /// <summary>Creates an endpoint, which gets every event from now on that its filter names. Errors: invalid fields, a target nothing is sent to, the plan's quota, forbidden.</summary>
    public async Task<Result<WebhookWithSecret>> CreateAsync(NewWebhook request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var url = WebhookRules.Url(request.Url, errors);
        var terms = new EndpointTerms(
            url?.AbsoluteUri ?? "", WebhookRules.Description(request.Description, errors), WebhookRules.Events(request.Events, errors), request.Ordered ?? false, WebhookRules.RateLimit(request.RateLimit, errors));
        var headers = WebhookRules.Headers(request.Headers, errors);
        // Nobody makes the portal look up names who may not create endpoints, or for one that would not be created anyway.
        if (url is not null && errors.Count == 0 && caller.Can(WebhookPermissions.Manage) && await targets.RefusalAsync(tenant.TenantId!.Value, url, ct) is { } refusal)
            errors.Add(new("url", refusal));
        if (errors.Count > 0)
            return Error.Invalid(errors);

        // Outside the change's result, which is kept for repeats of the request.
        var secret = WebhookSecret.New(request.Scheme ?? SignatureScheme.V1);
        var created = await unit.ChangeAsync<WebhookView>(WebhookPermissions.Manage, "webhook.created", async (change, ct) =>
        {
            if (await NoPlaceAsync(change.Db, ct) is { } full)
                return full;
            var endpoint = new WebhookEndpoint(Guid.CreateVersion7(change.At), secret.Scheme, Seal(WebhookEndpoint.SecretPurpose, secret.Bytes), PublicKeyOf(secret), terms, SealHeaders(headers), [.. headers.Keys], change.Actor, change.At);
            change.Db.WebhookEndpoints.Add(endpoint);
            change.Db.DeliveryLanes.Add(new DeliveryLaneState(WebhookChannel.ChannelName, endpoint.Lane, terms.RateLimit));
            Note(change, endpoint, "webhook.created");
            return endpoint.ToView(change.At);
        }, ct);
        return created.Map(view => new WebhookWithSecret(view, secret.VerificationText));
    }

    /// <summary>Changes what is given, and pauses or enables. Errors: invalid fields, a target nothing is sent to, stale, not found, forbidden.</summary>
    /// <param name="expectedVersion">Null means "whatever it is now".</param>
    public async Task<Result<WebhookView>> EditAsync(Guid id, EditWebhook edit, int? expectedVersion, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var url = edit.Url is null ? null : WebhookRules.Url(edit.Url, errors);
        var events = edit.Events is null ? null : WebhookRules.Events(edit.Events, errors);
        var description = WebhookRules.Description(edit.Description, errors);
        var limit = edit.RateLimit is 0 ? null : WebhookRules.RateLimit(edit.RateLimit, errors);
        var headers = edit.Headers is null ? null : WebhookRules.Headers(edit.Headers, errors);
        if (edit.Status is EndpointStatus.Disabled)
            errors.Add(new("status", "An endpoint is enabled or paused; only failures disable it."));
        if (url is not null && errors.Count == 0 && caller.Can(WebhookPermissions.Manage) && await targets.RefusalAsync(tenant.TenantId!.Value, url, ct) is { } refusal)
            errors.Add(new("url", refusal));
        if (errors.Count > 0)
            return Error.Invalid(errors);

        var goesOutOfOrder = false;
        var edited = await ChangeAsync("webhook.updated", id, expectedVersion, (_, endpoint, lane, _) =>
        {
            var terms = new EndpointTerms(url?.AbsoluteUri ?? endpoint.Url, edit.Description is null ? endpoint.Description : description, events ?? endpoint.Events,
                edit.Ordered ?? endpoint.Ordered, edit.RateLimit is null ? endpoint.RateLimit : limit);
            goesOutOfOrder = endpoint.Ordered && !terms.Ordered;
            if (terms.Url != endpoint.Url)
                lane.BeginAnew();
            endpoint.Edit(terms);
            lane.Limit(terms.RateLimit);
            if (headers is not null)
                endpoint.ReplaceHeaders(SealHeaders(headers), [.. headers.Keys]);
            if (edit.Status is { } status && status != endpoint.Status)
                Turn(endpoint, lane, status);
            return Task.FromResult<Error?>(null);
        }, ct);
        if (edited.IsSuccess && goesOutOfOrder)
            await LetAllGoAsync(id, ct);
        return edited;
    }

    /// <summary>
    /// Signs with a new secret from now on, and with the one before for <see cref="WebhookEndpoint.Overlap"/> more, so that a receiver
    /// may change over at any moment. Errors: an earlier secret still signs, not found, forbidden.
    /// </summary>
    public async Task<Result<WebhookWithSecret>> RotateAsync(Guid id, CancellationToken ct)
    {
        WebhookSecret? secret = null;
        var rotated = await ChangeAsync("webhook.secret_rotated", id, expectedVersion: null, (change, endpoint, _, _) =>
        {
            if (endpoint.IsInOverlap(change.At))
                return Task.FromResult<Error?>(WebhookErrors.RotationUnderWay(endpoint));
            secret = WebhookSecret.New(endpoint.Scheme);
            var present = envelope.Open(tenant.Tenant.Id, WebhookEndpoint.SecretPurpose, endpoint.Secret!);
            endpoint.Rotate(Seal(WebhookEndpoint.SecretPurpose, secret.Bytes), PublicKeyOf(secret), Seal(WebhookEndpoint.PreviousSecretPurpose, present), change.At);
            return Task.FromResult<Error?>(null);
        }, ct);
        return rotated.Map(view => new WebhookWithSecret(view, secret!.VerificationText));
    }

    /// <summary>Ends the overlap of the last rotation at once. Not found when there is none any more.</summary>
    public Task<Result<WebhookView>> EndPreviousAsync(Guid id, CancellationToken ct) =>
        ChangeAsync("webhook.previous_secret_ended", id, expectedVersion: null, (change, endpoint, _, _) =>
        {
            if (!endpoint.IsInOverlap(change.At))
                return Task.FromResult<Error?>(Error.NotFound("earlier secret of this endpoint"));
            endpoint.EndPrevious();
            return Task.FromResult<Error?>(null);
        }, ct);

    /// <summary>Takes it out of use for good: what was still to be sent is not sent. Its log stays readable for its 30 days.</summary>
    public async Task<Result<WebhookView>> DeleteAsync(Guid id, CancellationToken ct)
    {
        var deleted = await ChangeAsync("webhook.deleted", id, expectedVersion: null, (change, endpoint, lane, _) =>
        {
            endpoint.Delete(change.At);
            lane.Resume();
            lane.Limit(null);
            return Task.FromResult<Error?>(null);
        }, ct);
        if (deleted.IsSuccess)
            await LetAllGoAsync(id, ct);
        return deleted;
    }

    private async Task<Result<WebhookView>> ChangeAsync(
        string action, Guid id, int? expectedVersion, Func<Change, WebhookEndpoint, DeliveryLaneState, CancellationToken, Task<Error?>> apply, CancellationToken ct)
    {
        var changed = await unit.ChangeAsync<WebhookView>(WebhookPermissions.Manage, action, async (change, ct) =>
        {
            if (await change.Db.LockEndpointAsync(id, ct) is not { } locked)
                return WebhookErrors.NotFound;
            var (endpoint, lane) = locked;
            if (expectedVersion is { } expected && expected != endpoint.Version)
                return Error.Stale("webhook endpoint");
            if (await apply(change, endpoint, lane, ct) is { } refused)
                return refused;
            Note(change, endpoint, action);
            return endpoint.ToView(change.At);
        }, ct);
        if (changed.IsSuccess)
            directory.Forget(tenant.Tenant.Id, id);
        return changed;
    }

    private static void Turn(WebhookEndpoint endpoint, DeliveryLaneState lane, EndpointStatus status)
    {
        if (status == EndpointStatus.Paused)
        {
            endpoint.Pause();
            lane.Pause();
        }
        else
        {
            endpoint.Enable();
            lane.Resume();
        }
    }

    // What waited for its turn no longer does. Step by step, for nothing of the lane is recorded meanwhile; were it to end half-way the rest would
    // go one after another.
    private async Task LetAllGoAsync(Guid id, CancellationToken ct)
    {
        var gone = LetGoAtOnce;
        while (gone == LetGoAtOnce)
        {
            var step = await unit.ChangeAsync<int>(WebhookPermissions.Manage, "webhook.let_go", async (change, ct) =>
            {
                var lane = WebhookEndpoint.LaneOf(id);
                await change.Db.LockOrderAsync([lane], ct);
                return await change.Db.Database.ExecuteSqlAsync($"""
                    update deliveries set next_attempt_at = {change.At}
                    where tenant_id = {change.Db.TenantId} and id in (
                      select d.id from deliveries d join webhooks w on w.tenant_id = d.tenant_id and w.id = {id} and (not w.ordered or w.deleted_at is not null)
                      where d.tenant_id = {change.Db.TenantId} and d.channel = {WebhookChannel.ChannelName} and d.lane = {lane}
                        and d.order_key is not null and d.status = 'pending' and d.next_attempt_at = 'infinity'
                      limit {LetGoAtOnce})
                    """, ct);
            }, ct);
            gone = step.IsSuccess ? step.Value : throw new InvalidOperationException($"What waited could not be let go: {step.Error.Message}");
        }
    }

    private static void Note(Change change, WebhookEndpoint endpoint, string action)
    {
        change.Audit(action, WebhookEvents.Webhook, endpoint.Id, new { endpoint.Origin, endpoint.Events, endpoint.Scheme, endpoint.Status, endpoint.Ordered, endpoint.RateLimit, endpoint.HeaderNames });
        change.Emit(WebhookEvents.Changed, WebhookEvents.Webhook, endpoint.Id, endpoint.Version, data: null);
    }

    private async Task<Error?> NoPlaceAsync(SecureBaseDb db, CancellationToken ct)
    {
        // Two at once must not both take the last place.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('webhook endpoints ' || {tenant.Tenant.Id}, 0))", ct);
        var limit = tenant.Tenant.Limits.WebhookEndpoints;
        return await db.WebhookEndpoints.CountAsync(e => e.DeletedAt == null, ct) < limit ? null : WebhookErrors.NoPlace(tenant.Tenant, limit);
    }

    private byte[] Seal(string purpose, ReadOnlySpan<byte> bytes) => envelope.Seal(tenant.Tenant.Id, purpose, bytes);

    private byte[]? SealHeaders(IReadOnlyDictionary<string, string> headers) => headers.Count == 0 ? null : Seal(WebhookEndpoint.HeadersPurpose, WebhookRules.WriteHeaders(headers));

    private static string? PublicKeyOf(WebhookSecret secret) => secret.Scheme == SignatureScheme.V1a ? secret.VerificationText : null;
}
