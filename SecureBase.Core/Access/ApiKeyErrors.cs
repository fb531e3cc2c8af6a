using System.Globalization;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Access;

/// <summary>What is refused about API keys, and why.</summary>
public static class ApiKeyErrors
{
    public static Error NotFound => Error.NotFound("API key");

    public static Error WiderThanItsCreator =>
        Error.Invalid("ip_allow_list", "A key made by a key may be used from the same addresses at most: name networks inside the other key's list.");

    public static Error Ended(ApiKey key) => new(ErrorKind.Conflict, "api_key_ended",
        $"The key '{key.Name}' {(key.RevokedAt is null ? "has expired" : "was revoked")} and takes no more changes. Create a new one.");

    public static Error RotationUnderWay(ApiKey key) => new(ErrorKind.Conflict, "rotation_under_way", string.Create(CultureInfo.InvariantCulture,
        $"An earlier secret of '{key.Name}', ending in {key.PreviousLastFour}, still works until {key.PreviousEndsAt:d MMMM yyyy, HH:mm} UTC. End it first, or wait."));

    public static Error ActsWithMore(string role) => new(ErrorKind.Forbidden, "api_key_exceeds_caller",
        $"This key acts with the rights of the role {role}, which yours does not include; whoever rotates it would hold them. Ask somebody of that role, or revoke it and create your own.");

    internal static Error ScopeNotCarried(string scope) => Error.Invalid("scopes", $"A key gives no scope that it does not carry itself: {scope}.");

    internal static Error OutlivesItsCreator(DateTimeOffset ends) => Error.Invalid("expires_at", string.Create(CultureInfo.InvariantCulture,
        $"A key made by a key ends with it at the latest: by {ends:d MMMM yyyy, HH:mm} UTC."));
}
