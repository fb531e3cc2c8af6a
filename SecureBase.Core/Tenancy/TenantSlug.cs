using System.Collections.Frozen;

namespace SecureBase.Core.Tenancy;

/// <summary>
/// The rules for a tenant's slug: the one label in front of the base domain, and "the tenant" in commands,
/// API and configuration. A slug is 3–40 characters of <c>a-z0-9-</c>, starts and ends with a letter or digit,
/// holds no <c>--</c> (and so is never punycode) and is not reserved.
/// </summary>
public static class TenantSlug
{
    public const int MinLength = 3;
    public const int MaxLength = 40;

    /// <summary>The operator's slug: reserved for every other tenant.</summary>
    public const string Operator = "admin";

    /// <summary>The label of the host that takes its tenant from the API key: never a tenant.</summary>
    public const string Api = "api";

    private const int PrefixLength = 6;

    // Names a visitor would take for the provider's own, names that mail, DNS and browsers look up by
    // themselves (autodiscover, wpad, mta-sts), and names of routes and environments.
    private static readonly FrozenSet<string> ReservedNames = new[]
    {
        "about", "abuse", "account", "accounts", "admin", "administrator", "alpha", "analytics", "api", "app", "apps",
        "assets", "audit", "auth", "autoconfig", "autodiscover", "backup", "beta", "billing", "blog", "broadcasthost",
        "canary", "careers", "cdn", "chat", "community", "connect", "console", "contact", "dashboard", "database",
        "demo", "dev", "developer", "developers", "dns", "docs", "download", "downloads", "email", "events", "example",
        "files", "fonts", "forum", "ftp", "gateway", "git", "health", "help", "home", "hostmaster", "hub", "hubs",
        "idp", "images", "imap", "img", "info", "internal", "intranet", "invalid", "isatap", "jobs", "legal", "live",
        "local", "localdomain", "localhost", "login", "logout", "mail", "marketing", "media", "metrics", "monitor",
        "monitoring", "mta-sts", "mx1", "mx2", "news", "no-reply", "noc", "noreply", "notifications", "ns1", "ns2",
        "ns3", "ns4", "oauth", "oidc", "operator", "owner", "partner", "partners", "pay", "payments", "ping", "pop",
        "pop3", "portal", "postmaster", "preview", "privacy", "private", "prod", "production", "proxy", "public",
        "register", "registry", "relay", "reports", "root", "saml", "sandbox", "secure", "securebase", "security",
        "server", "service", "services", "settings", "sftp", "shop", "sign-in", "sign-up", "signin", "signup", "smtp",
        "sso", "staff", "stage", "staging", "static", "stats", "status", "store", "support", "sys", "system", "team",
        "telemetry", "terms", "test", "testing", "uat", "upload", "uploads", "user", "users", "vpn", "web", "webhook",
        "webhooks", "webmail", "webmaster", "websocket", "wpad", "www", "www1", "www2",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Reserved =
        ReservedNames.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>True when a customer may carry this slug: well formed and not reserved. Capitals are not accepted.</summary>
    public static bool IsValid(ReadOnlySpan<char> slug) => IsWellFormed(slug) && !IsReserved(slug);

    /// <summary>True when length, characters and hyphens are right; a reserved name can be well formed.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> slug)
    {
        if (slug.Length is < MinLength or > MaxLength || slug[0] == '-' || slug[^1] == '-')
            return false;

        var previous = '\0';
        foreach (var c in slug)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return false;
            if (c == '-' && previous == '-')
                return false;
            previous = c;
        }

        return true;
    }

    /// <summary>True for a name kept for the provider, <c>admin</c> and <c>api</c> among them.</summary>
    public static bool IsReserved(ReadOnlySpan<char> slug) => Reserved.Contains(slug);

    /// <summary>
    /// What a tenant's ticket numbers start with: the slug in capitals, hyphens dropped, its first six characters.
    /// Two tenants may share a prefix; numbers are per tenant.
    /// </summary>
    /// <exception cref="ArgumentException">The slug is not well formed.</exception>
    public static string TicketPrefix(string slug)
    {
        ArgumentNullException.ThrowIfNull(slug);
        if (!IsWellFormed(slug))
            throw new ArgumentException($"'{slug}' is not a tenant's slug.", nameof(slug));

        Span<char> prefix = stackalloc char[PrefixLength];
        var length = 0;
        foreach (var c in slug)
        {
            if (c == '-')
                continue;
            prefix[length++] = char.ToUpperInvariant(c);
            if (length == PrefixLength)
                break;
        }

        return new string(prefix[..length]);
    }
}
