using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>
/// The API keys of this scope's tenant. A key never carries more than whoever gets its secret may do: it acts with their role,
/// and one made by another key has no scope, address or day that the other lacks.
/// </summary>
public sealed class ApiKeyService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, TimeProvider clock)
{
    /// <summary>Newest first.</summary>
    public async Task<Result<Page<ApiKeyView>>> ListAsync(ApiKeyQuery query, CancellationToken ct)
    {
        if (!caller.Can(ApiKeyPermissions.Read))
            return Error.Forbidden(ApiKeyPermissions.Read);
        if (ApiKeyRules.Validate(query) is { } invalid)
            return invalid;
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var matching = Matching(db.ApiKeys.AsNoTracking(), query, now);
        if (Cursor.TryParse(query.Cursor, out var from))
            matching = matching.Where(k => k.CreatedAt < from.At || (k.CreatedAt == from.At && k.Id.CompareTo(from.Id) < 0));
        var page = await matching.OrderByDescending(k => k.CreatedAt).ThenByDescending(k => k.Id).Take(query.Limit + 1).ToListAsync(ct);
        var next = page.Count > query.Limit ? new Cursor(page[query.Limit - 1].CreatedAt, page[query.Limit - 1].Id).ToString() : null;
        return new Page<ApiKeyView>([.. page.Take(query.Limit).Select(k => k.ToView(now))], next);
    }

    /// <summary>How many keys there are of each status.</summary>
    public async Task<Result<IReadOnlyDictionary<ApiKeyStatus, int>>> CountAsync(CancellationToken ct)
    {
        if (!caller.Can(ApiKeyPermissions.Read))
            return Error.Forbidden(ApiKeyPermissions.Read);
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var counts = await db.ApiKeys.GroupBy(k => k.RevokedAt != null ? 2 : k.ExpiresAt != null && k.ExpiresAt <= now ? 1 : 0)
            .Select(g => new { Status = g.Key, Count = g.Count() }).ToListAsync(ct);
        return Result<IReadOnlyDictionary<ApiKeyStatus, int>>.Success(
            Enum.GetValues<ApiKeyStatus>().ToDictionary(s => s, s => counts.Find(c => c.Status == (int)s)?.Count ?? 0));
    }

    /// <summary>One key; not found when it is another tenant's or nobody's.</summary>
    public async Task<Result<ApiKeyView>> GetAsync(Guid id, CancellationToken ct)
    {
        if (!caller.Can(ApiKeyPermissions.Read))
            return Error.Forbidden(ApiKeyPermissions.Read);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Id == id, ct) is { } key ? key.ToView(clock.GetUtcNow()) : ApiKeyErrors.NotFound;
    }

    /// <summary>
    /// Creates a key with a service person of its own, which is requester, author and audit actor of what the key does. The
    /// secret is in this answer and nowhere else. Errors: invalid fields, forbidden, more than the creator may do.
    /// </summary>
    public async Task<Result<CreatedApiKey>> CreateAsync(NewApiKey request, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var terms = new ApiKeyTerms(
            ApiKeyRules.Name(request.Name, errors), ApiKeyRules.Description(request.Description, errors), ApiKeyRules.Networks(request.IpAllowList, errors),
            ApiKeyRules.Limit(request.RequestsPerHour, errors), ApiKeyRules.Expiry(request.ExpiresAt, clock.GetUtcNow(), errors));
        var scopes = ApiKeyRules.Scopes(request.Scopes, tenant.Tenant.IsOperator, errors);
        if (errors.Count > 0)
            return Error.Invalid(errors);

        // Outside the change's result, which is kept for repeats of the request.
        var secret = ApiKeyText.New();
        var created = await unit.ChangeAsync<ApiKeyView>(ApiKeyPermissions.Manage, ApiKeyEvents.Created, async (change, ct) =>
        {
            if (await ExcessAsync(change, scopes, terms, ct) is { } excess)
                return excess;
            var keyId = Guid.CreateVersion7(change.At);
            var email = $"key-{keyId:N}@service.invalid";
            var person = new Person(Guid.CreateVersion7(change.At), PersonKind.Service, email, terms.Name, ApiKeyRules.RoleFor(change.Actor, tenant.Tenant), change.At)
            {
                NormalizedEmail = email.ToUpperInvariant(), NormalizedUserName = email.ToUpperInvariant(),
            };
            var key = new ApiKey(keyId, person.Id, ApiKeyText.Hash(secret), ApiKeyText.LastFour(secret), scopes, terms, change.Actor, change.At);
            change.Db.Users.Add(person);
            change.Db.ApiKeys.Add(key);
            var view = key.ToView(change.At);
            change.Audit(ApiKeyEvents.Created, ApiKeyEvents.ApiKey, key.Id, new { key.Name, key.Scopes, key.LastFour, key.ExpiresAt, key.IpAllowList, key.RequestsPerHour });
            change.Emit(ApiKeyEvents.Created, ApiKeyEvents.ApiKey, key.Id, key.Version, view);
            return view;
        }, ct);
        return created.Map(view => new CreatedApiKey(view, secret));
    }

    /// <summary>Changes name, description, allow-list, limit and expiry; at once on every node. <paramref name="expectedVersion"/> null means "whatever it is now".</summary>
    public async Task<Result<ApiKeyView>> EditAsync(Guid id, EditApiKey edit, int? expectedVersion, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var name = edit.Name is null ? null : ApiKeyRules.Name(edit.Name, errors);
        var description = ApiKeyRules.Description(edit.Description, errors);
        var networks = ApiKeyRules.Networks(edit.IpAllowList, errors);
        var limit = edit.RequestsPerHour is 0 ? null : ApiKeyRules.Limit(edit.RequestsPerHour, errors);
        var expiresAt = ApiKeyRules.Expiry(edit.ExpiresAt, clock.GetUtcNow(), errors);
        if (edit.NeverExpires is true && expiresAt is not null)
            errors.Add(new("never_expires", "A key expires at an instant or never: send one of the two."));
        if (errors.Count > 0)
            return Error.Invalid(errors);

        return await ChangeAsync("api_key.updated", id, expectedVersion, async (change, key, ct) =>
        {
            var terms = new ApiKeyTerms(
                name ?? key.Name,
                edit.Description is null ? key.Description : description,
                edit.IpAllowList is null ? key.IpAllowList : networks,
                edit.RequestsPerHour is null ? key.RequestsPerHour : limit,
                edit.NeverExpires is true ? null : expiresAt ?? key.ExpiresAt);
            if (await ExcessAsync(change, key.Scopes, terms, ct) is { } excess)
                return excess;
            key.Edit(terms);
            await RenamePersonAsync(change.Db, key, ct);
            change.Audit("api_key.updated", ApiKeyEvents.ApiKey, key.Id, new { key.Name, key.ExpiresAt, key.IpAllowList, key.RequestsPerHour });
            return null;
        }, ct);
    }

    /// <summary>
    /// Gives the key a new secret; the old one works for <see cref="ApiKey.Grace"/> more. Errors: the key has ended, an earlier
    /// secret still works, the key may do more than the caller.
    /// </summary>
    public async Task<Result<CreatedApiKey>> RotateAsync(Guid id, CancellationToken ct)
    {
        var secret = ApiKeyText.New();
        var rotated = await ChangeAsync("api_key.rotated", id, expectedVersion: null, async (change, key, ct) =>
        {
            if (key.IsInGrace(change.At))
                return ApiKeyErrors.RotationUnderWay(key);
            var acts = await change.Db.Users.Where(p => p.Id == key.ServicePersonId).Select(p => p.Role).SingleAsync(ct);
            if (!ApiKeyRules.IsAtMost(acts, ApiKeyRules.RoleFor(change.Actor, tenant.Tenant)))
                return ApiKeyErrors.ActsWithMore(acts);
            if (await ExcessAsync(change, key.Scopes, key.Terms, ct) is { } excess)
                return excess;
            key.Rotate(ApiKeyText.Hash(secret), ApiKeyText.LastFour(secret), change.At);
            change.Audit("api_key.rotated", ApiKeyEvents.ApiKey, key.Id, new { key.Name, key.LastFour, key.PreviousLastFour, key.PreviousEndsAt });
            return null;
        }, ct);
        return rotated.Map(view => new CreatedApiKey(view, secret));
    }

    /// <summary>Ends the secret that a rotation replaced, at once on every node. Not found when there is none any more.</summary>
    public Task<Result<ApiKeyView>> EndPreviousAsync(Guid id, CancellationToken ct) =>
        ChangeAsync("api_key.previous_ended", id, expectedVersion: null, (change, key, _) =>
        {
            if (!key.IsInGrace(change.At))
                return Task.FromResult<Error?>(Error.NotFound("earlier secret of this key"));
            key.EndPrevious(change.At);
            change.Audit("api_key.previous_ended", ApiKeyEvents.ApiKey, key.Id, new { key.Name, key.PreviousLastFour });
            return Task.FromResult<Error?>(null);
        }, ct);

    /// <summary>Stops the key at once on every node. A key that was revoked before stays as it is.</summary>
    public Task<Result<ApiKeyView>> RevokeAsync(Guid id, CancellationToken ct) =>
        unit.ChangeAsync<ApiKeyView>(ApiKeyPermissions.Manage, ApiKeyEvents.Revoked, async (change, ct) =>
        {
            if (await LockAsync(change.Db, id, ct) is not { } key)
                return ApiKeyErrors.NotFound;
            if (key.RevokedAt is not null)
                return key.ToView(change.At);
            key.Revoke(change.At);
            var view = key.ToView(change.At);
            change.Audit(ApiKeyEvents.Revoked, ApiKeyEvents.ApiKey, id, new { key.Name, key.LastFour });
            change.Emit(ApiKeyEvents.Revoked, ApiKeyEvents.ApiKey, id, key.Version, view);
            await change.AnnounceAsync(AccessSubject.ApiKey, id, ct);
            return view;
        }, ct);

    private Task<Result<ApiKeyView>> ChangeAsync(string attempted, Guid id, int? expectedVersion, Func<Change, ApiKey, CancellationToken, Task<Error?>> apply, CancellationToken ct) =>
        unit.ChangeAsync<ApiKeyView>(ApiKeyPermissions.Manage, attempted, async (change, ct) =>
        {
            if (await LockAsync(change.Db, id, ct) is not { } key)
                return ApiKeyErrors.NotFound;
            if (expectedVersion is { } expected && expected != key.Version)
                return Error.Stale("API key");
            if (!key.IsLive(change.At))
                return ApiKeyErrors.Ended(key);
            if (await apply(change, key, ct) is { } refused)
                return refused;
            await change.AnnounceAsync(AccessSubject.ApiKey, id, ct);
            return key.ToView(change.At);
        }, ct);

    // Writers of one key queue on its row, so that two rotations at once cannot both succeed.
    private static Task<ApiKey?> LockAsync(SecureBaseDb db, Guid id, CancellationToken ct) =>
        db.ApiKeys.FromSql($"select * from api_keys where id = {id} for update").SingleOrDefaultAsync(ct);

    /// <summary>What of these terms goes beyond the key that asks for them; people are bound by their role alone.</summary>
    private static async Task<Error?> ExcessAsync(Change change, IReadOnlyList<string> scopes, ApiKeyTerms terms, CancellationToken ct)
    {
        if (change.Actor.ApiKeyId is not { } actingId)
            return null;
        if (await change.Db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Id == actingId, ct) is not { } acting)
            return ApiKeyErrors.NotFound;
        if (scopes.FirstOrDefault(s => !acting.Scopes.Contains(s)) is { } scope)
            return ApiKeyErrors.ScopeNotCarried(scope);
        if (acting.ExpiresAt is { } ends && (terms.ExpiresAt is null || terms.ExpiresAt > ends))
            return ApiKeyErrors.OutlivesItsCreator(ends);
        return new IpAllowList(acting.IpAllowList).Covers(new IpAllowList(terms.IpAllowList)) ? null : ApiKeyErrors.WiderThanItsCreator;
    }

    private static async Task RenamePersonAsync(SecureBaseDb db, ApiKey key, CancellationToken ct) =>
        await db.Users.Where(p => p.Id == key.ServicePersonId && p.DisplayName != key.Name).ExecuteUpdateAsync(set => set.SetProperty(p => p.DisplayName, key.Name), ct);

    private static IQueryable<ApiKey> Matching(IQueryable<ApiKey> keys, ApiKeyQuery query, DateTimeOffset now)
    {
        if (query.Statuses.Count > 0)
        {
            var (active, expired, revoked) = (query.Statuses.Contains(ApiKeyStatus.Active), query.Statuses.Contains(ApiKeyStatus.Expired), query.Statuses.Contains(ApiKeyStatus.Revoked));
            keys = keys.Where(k =>
                (revoked && k.RevokedAt != null)
                || (expired && k.RevokedAt == null && k.ExpiresAt != null && k.ExpiresAt <= now)
                || (active && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now)));
        }
        if (query.Text?.Trim() is { Length: > 0 } text)
        {
            var pattern = LikePattern.Containing(text);
            keys = keys.Where(k => EF.Functions.ILike(k.Name, pattern, "\\") || EF.Functions.ILike(k.Description ?? "", pattern, "\\") || EF.Functions.ILike(k.CreatedByName, pattern, "\\")
                || k.LastFour == text || k.Scopes.Contains(text));
        }
        return keys;
    }
}
