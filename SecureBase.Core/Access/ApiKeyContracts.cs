using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>Who may do what with API keys (product contract, section 2).</summary>
public static class ApiKeyPermissions
{
    public static readonly Permission Read = new("api_keys.read", ApiScopes.ManageKeys, [Roles.Admin, Roles.Manager, Roles.Analyst, Roles.PlatformAdmin]);
    public static readonly Permission Manage = new("api_keys.manage", ApiScopes.ManageKeys, [Roles.Admin, Roles.Manager, Roles.PlatformAdmin]);
}

public static class ApiKeyEvents
{
    /// <summary>Subject kind of keys, in audit, outbox and live signals.</summary>
    public const string ApiKey = "api_key";

    public const string Created = "api_key.created";
    public const string Revoked = "api_key.revoked";
}

public enum ApiKeyStatus { Active, Expired, Revoked }

/// <summary>A key to create.</summary>
public sealed record NewApiKey
{
    /// <summary>What uses it, 1–80 characters.</summary>
    public string? Name { get; init; }
    /// <summary>Up to 400 characters.</summary>
    public string? Description { get; init; }
    /// <summary>At least one of <see cref="ApiScopes"/>; no more than its creator may do.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }
    /// <summary>Null never expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>Networks or addresses the key may be used from; none lets every address in.</summary>
    public IReadOnlyList<string>? IpAllowList { get; init; }
    /// <summary>A limit below the tenant's own; null for none.</summary>
    public int? RequestsPerHour { get; init; }
}

/// <summary>What to change; a null field stays as it is.</summary>
public sealed record EditApiKey
{
    public string? Name { get; init; }
    /// <summary>An empty text takes it away.</summary>
    public string? Description { get; init; }
    /// <summary>An empty list lets every address in.</summary>
    public IReadOnlyList<string>? IpAllowList { get; init; }
    /// <summary>0 takes the key's own limit away.</summary>
    public int? RequestsPerHour { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>True takes the expiry away.</summary>
    public bool? NeverExpires { get; init; }
}

public sealed record ApiKeyCreator(Guid? Id, string Name);

/// <summary>The secret that a rotation replaced and that still works.</summary>
public sealed record PreviousSecret(string LastFour, DateTimeOffset EndsAt);

/// <summary>A key as its GET returns it.</summary>
public sealed record ApiKeyView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    /// <summary>How every secret begins.</summary>
    public string Prefix { get; init; } = ApiKeyText.Prefix;
    public required string LastFour { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    public required IReadOnlyList<string> IpAllowList { get; init; }
    public int? RequestsPerHour { get; init; }
    public required ApiKeyStatus Status { get; init; }
    public required ApiKeyCreator CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>It works now and will not in seven days.</summary>
    public required bool ExpiresSoon { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
    public string? LastUsedFrom { get; init; }
    public PreviousSecret? PreviousSecret { get; init; }
    public required int Version { get; init; }
    /// <summary>Only in the one answer that creates it; it is stored nowhere.</summary>
    public string? Secret { get; init; }
}

/// <summary>A key with the secret it has just been given; <paramref name="Text"/> is never readable again.</summary>
public sealed record CreatedApiKey(ApiKeyView Key, string Text)
{
    public Guid Id => Key.Id;
}

/// <summary>Which keys to list, newest first.</summary>
public sealed record ApiKeyQuery
{
    public const int MaxLimit = 100;
    public const int SearchMax = 200;

    /// <summary>Empty for all.</summary>
    public IReadOnlyList<ApiKeyStatus> Statuses { get; init; } = [];
    /// <summary>Part of a name, description, scope or creator's name, or the last four characters.</summary>
    public string? Text { get; init; }
    /// <summary>1–100.</summary>
    public int Limit { get; init; } = 25;
    public string? Cursor { get; init; }
}

internal static class ApiKeyViews
{
    internal static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    internal static ApiKeyView ToView(this ApiKey key, DateTimeOffset now)
    {
        var status = key.RevokedAt is not null ? ApiKeyStatus.Revoked : key.IsLive(now) ? ApiKeyStatus.Active : ApiKeyStatus.Expired;
        return new ApiKeyView
        {
            Id = key.Id,
            Name = key.Name,
            Description = key.Description,
            LastFour = key.LastFour,
            Scopes = key.Scopes,
            IpAllowList = key.IpAllowList,
            RequestsPerHour = key.RequestsPerHour,
            Status = status,
            CreatedBy = new ApiKeyCreator(key.CreatedById == SystemActor.Instance.PersonId ? null : key.CreatedById, key.CreatedByName),
            CreatedAt = key.CreatedAt,
            ExpiresAt = key.ExpiresAt,
            ExpiresSoon = status == ApiKeyStatus.Active && key.ExpiresAt - now <= Soon,
            RevokedAt = key.RevokedAt,
            LastUsedAt = key.LastUsedAt,
            LastUsedFrom = key.LastUsedFrom,
            PreviousSecret = key.IsInGrace(now) ? new PreviousSecret(key.PreviousLastFour!, key.PreviousEndsAt!.Value) : null,
            Version = key.Version,
        };
    }
}
