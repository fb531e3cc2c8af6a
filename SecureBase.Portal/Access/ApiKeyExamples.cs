using SecureBase.Core.Access;
using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Access;

/// <summary>The examples of the API's document: one key's life, from creation to revocation.</summary>
internal static class ApiKeyExamples
{
    private const string Secret = "sb_live_…";
    private static readonly DateTimeOffset At = new(2026, 11, 24, 9, 12, 40, TimeSpan.Zero);

    internal static NewApiKey Creating { get; } = new()
    {
        Name = "ci",
        Description = "Opens a ticket when a deployment fails.",
        Scopes = ["tickets:read", "tickets:write"],
        ExpiresAt = At.AddDays(90),
        IpAllowList = ["203.0.113.0/24", "2001:db8::/32"],
        RequestsPerHour = 500,
    };

    internal static EditApiKey Editing { get; } = new() { Name = "ci", IpAllowList = [], RequestsPerHour = 0 };

    internal static ApiKeyView Key { get; } = new()
    {
        Id = new Guid("0193591e-07c0-7b12-9d2f-5a1c7f6f3c11"),
        Name = Creating.Name!,
        Description = Creating.Description,
        LastFour = "x7Qd",
        Scopes = Creating.Scopes!,
        IpAllowList = Creating.IpAllowList!,
        RequestsPerHour = Creating.RequestsPerHour,
        Status = ApiKeyStatus.Active,
        CreatedBy = new ApiKeyCreator(new Guid("01935900-52a0-7d4e-8f10-2b1d4c5e6f70"), "Ada Customer"),
        CreatedAt = At,
        ExpiresAt = Creating.ExpiresAt,
        ExpiresSoon = false,
        LastUsedAt = At.AddHours(3),
        LastUsedFrom = "203.0.113.7",
        Version = 1,
    };

    internal static ApiKeyView Created { get; } = Key with { LastUsedAt = null, LastUsedFrom = null, Secret = Secret };

    internal static ApiKeyView Edited { get; } = Key with { IpAllowList = [], RequestsPerHour = null, Version = 2 };

    internal static ApiKeyView Rotated { get; } = Key with { LastFour = "m2Ta", PreviousSecret = new PreviousSecret(Key.LastFour, At.AddDays(2)), Version = 2, Secret = Secret };

    internal static ApiKeyView Revoked { get; } = Key with { Status = ApiKeyStatus.Revoked, RevokedAt = At.AddDays(3), Version = 3 };

    internal static Page<ApiKeyView> Keys { get; } = new([Key], new Cursor(Key.CreatedAt, Key.Id).ToString());
}
