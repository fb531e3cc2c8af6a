using SecureBase.Core.Kernel;

namespace SecureBase.Core.Access;

/// <summary>What the outside world is told of API keys. A key's secret is in none of it.</summary>
public static class ApiKeyEventTypes
{
    public static readonly EventType Created = EventType.Of(ApiKeyEvents.Created, "An API key was created.", () => Example(ApiKeyStatus.Active));

    public static readonly EventType Revoked = EventType.Of(ApiKeyEvents.Revoked, "An API key was revoked and works no more.",
        () => Example(ApiKeyStatus.Revoked) with { RevokedAt = new DateTimeOffset(2026, 11, 18, 15, 0, 0, TimeSpan.Zero), Version = 2 });

    private static ApiKeyView Example(ApiKeyStatus status) => new()
    {
        Id = new Guid("019a9a80-4d00-7b13-8c6e-2f4a6b8d0c21"),
        Name = "Ledger import",
        LastFour = "x7Qm",
        Scopes = ["tickets:read", "costs:read"],
        IpAllowList = ["203.0.113.0/24"],
        Status = status,
        CreatedBy = new ApiKeyCreator(new Guid("019a8f10-2c00-7a09-8f3e-5d2b9c7e4a01"), "Jana Keller"),
        CreatedAt = new DateTimeOffset(2026, 11, 18, 9, 0, 0, TimeSpan.Zero),
        ExpiresSoon = false,
        Version = 1,
    };
}
