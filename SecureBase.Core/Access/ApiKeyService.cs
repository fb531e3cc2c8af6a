using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>A new key; <paramref name="Text"/> is never readable again.</summary>
public sealed record CreatedApiKey(Guid Id, string Name, string Text, IReadOnlyList<string> Scopes);

/// <summary>Creates and revokes API keys of this scope's tenant.</summary>
public sealed class ApiKeyService(UnitOfWork unit, TenantContext tenant)
{
    public static readonly Permission ManageKeys = new("api_keys.manage", "keys:manage", [Roles.Admin, Roles.Manager, Roles.PlatformAdmin]);

    /// <summary>Creates a key with a service person of its own, which is requester, author and audit actor of what the key does.</summary>
    public async Task<Result<CreatedApiKey>> CreateAsync(string? name, IReadOnlyList<string> scopes, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        List<FieldError> errors = [];
        var trimmed = name?.Trim() ?? "";
        if (trimmed.Length is < 1 or > 80)
            errors.Add(new("name", "A key needs a name of 1 to 80 characters that says what uses it."));
        var allowed = tenant.Tenant.IsOperator ? [.. ApiScopes.Tenant, .. ApiScopes.Operator] : ApiScopes.Tenant;
        if (scopes.Count == 0)
            errors.Add(new("scopes", $"Name at least one scope: {string.Join(", ", allowed)}."));
        else if (scopes.FirstOrDefault(s => !allowed.Contains(s)) is { } unknown)
            errors.Add(new("scopes", $"'{unknown}' is no scope of this tenant. The scopes are {string.Join(", ", allowed)}."));
        if (errors.Count > 0)
            return Error.Invalid(errors);

        return await unit.ChangeAsync<CreatedApiKey>(ManageKeys, "api_key.created", (change, _) =>
        {
            var text = ApiKeyText.New();
            ApiKeyText.TryHash(text, out var hash);
            var keyId = Guid.CreateVersion7(change.At);
            var email = $"key-{keyId:N}@service.invalid";
            var person = new Person(Guid.CreateVersion7(change.At), PersonKind.Service, email, trimmed, tenant.Tenant.IsOperator ? Roles.Lead : Roles.Admin, change.At)
            {
                NormalizedEmail = email.ToUpperInvariant(), NormalizedUserName = email.ToUpperInvariant(),
            };
            var key = new ApiKey
            {
                Id = keyId, Name = trimmed, ServicePersonId = person.Id, Hash = hash, LastFour = text[^4..],
                Scopes = [.. scopes.Distinct(StringComparer.Ordinal)], CreatedAt = change.At, ExpiresAt = expiresAt,
            };
            change.Db.Users.Add(person);
            change.Db.ApiKeys.Add(key);
            change.Audit("api_key.created", "api_key", key.Id, new { key.Name, key.Scopes, key.LastFour });
            return Task.FromResult<Result<CreatedApiKey>>(new CreatedApiKey(key.Id, key.Name, text, key.Scopes));
        }, ct);
    }

    /// <summary>Stops the key at once on every node.</summary>
    public Task<Result<Done>> RevokeAsync(Guid id, CancellationToken ct) =>
        unit.ChangeAsync<Done>(ManageKeys, "api_key.revoked", async (change, ct) =>
        {
            if (await change.Db.ApiKeys.SingleOrDefaultAsync(k => k.Id == id, ct) is not { } key)
                return Error.NotFound("API key");
            key.Revoke(change.At);
            change.Audit("api_key.revoked", "api_key", id, new { key.Name });
            await change.AnnounceAsync(AccessSubject.ApiKey, id, ct);
            return Done.Value;
        }, ct);
}
