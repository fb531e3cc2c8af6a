using SecureBase.Core.Access;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Access;

/// <summary>What the API's document says of keys.</summary>
internal static class ApiKeySchemas
{
    private const string Networks = "Networks in CIDR notation or single addresses, IPv4 and IPv6. Empty lets every address in.";

    internal static IReadOnlyList<SchemaFact> All { get; } =
    [
        new(typeof(NewApiKey), "name", "What uses it.") { Required = true, MinLength = 1, MaxLength = ApiKey.NameMax },
        new(typeof(NewApiKey), "description", "For people.") { MaxLength = ApiKey.DescriptionMax },
        new(typeof(NewApiKey), "scopes", $"At least one of {string.Join(", ", ApiScopes.Tenant)}; keys of the provider's staff also {string.Join(", ", ApiScopes.Operator)}.") { Required = true },
        new(typeof(NewApiKey), "expires_at", "In the future, within ten years. Without it the key never expires."),
        new(typeof(NewApiKey), "ip_allow_list", Networks) { MaxItems = IpAllowList.MaxEntries },
        new(typeof(NewApiKey), "requests_per_hour", "A limit of its own, which matters when it is below your organisation's."),

        new(typeof(EditApiKey), "name", "What uses it.") { MinLength = 1, MaxLength = ApiKey.NameMax },
        new(typeof(EditApiKey), "description", "An empty text takes it away.") { MaxLength = ApiKey.DescriptionMax },
        new(typeof(EditApiKey), "ip_allow_list", Networks) { MaxItems = IpAllowList.MaxEntries },
        new(typeof(EditApiKey), "requests_per_hour", "0 takes the key's own limit away."),
        new(typeof(EditApiKey), "never_expires", "true takes the expiry away."),

        new(typeof(ApiKeyView), "prefix", "How every secret begins."),
        new(typeof(ApiKeyView), "last_four", "How this one ends."),
        new(typeof(ApiKeyView), "expires_soon", "It works now and will not in seven days."),
        new(typeof(ApiKeyView), "last_used_at", "To the minute; absent for a key that was never used."),
        new(typeof(ApiKeyView), "last_used_from", "The address of that use."),
        new(typeof(ApiKeyView), "previous_secret", "The secret a rotation replaced, while it still works."),
        new(typeof(ApiKeyView), "version", "Grows with every change but use; the ETag."),
        new(typeof(ApiKeyView), "secret", "Only in the one answer that creates it."),
    ];
}
