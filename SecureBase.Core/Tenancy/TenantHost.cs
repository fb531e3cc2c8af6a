using System.Globalization;
using System.Net;

namespace SecureBase.Core.Tenancy;

/// <summary>Why a Host header was refused. For logs and tests; the visitor is told nothing of it.</summary>
public enum HostRefusal
{
    Missing,
    TooLong,
    NonAscii,
    PercentEncoded,
    ForbiddenCharacter,
    BadPort,
    IpLiteral,
    EmptyLabel,
    LabelTooLong,
    ForeignDomain,
    TooDeep,
    NotASlug,
    ReservedName,
}

/// <summary>
/// What a Host header asks for: one of the five nested cases, and never a fallback tenant. Only the text is judged here;
/// whether the tenant exists is the directory's to say.
/// </summary>
public abstract record TenantHost
{
    private const int MaxHostLength = 253; // RFC 1035 §2.3.4, without the trailing dot
    private const int MaxLabelLength = 63;
    private const int MaxPortLength = 5;

    private TenantHost() { }

    /// <summary><c>{slug}.{base domain}</c>: the slug is lower-case, well formed and not reserved.</summary>
    public sealed record Tenant(string Slug) : TenantHost;

    /// <summary><c>admin.{base domain}</c>: the operator's admin area.</summary>
    public sealed record Admin : TenantHost;

    /// <summary><c>api.{base domain}</c>: the tenant comes from the API key.</summary>
    public sealed record Api : TenantHost;

    /// <summary>The base domain itself: the sign-in helper.</summary>
    public sealed record BaseDomain : TenantHost;

    /// <summary>Nothing of ours answers to this header.</summary>
    public sealed record Refused(HostRefusal Reason) : TenantHost;

    private static readonly Admin AdminHost = new();
    private static readonly Api ApiHost = new();
    private static readonly BaseDomain BaseDomainHost = new();

    /// <summary>
    /// Reads a Host header value. Case does not matter, a port (1–65535) is checked and ignored, one trailing dot is
    /// accepted, and exactly one label may stand in front of the base domain. Everything else is
    /// <see cref="Refused"/>: IP literals in every notation a browser takes for one, other domains, deeper names,
    /// empty labels, percent-encoding, spaces, control characters, non-ASCII and over-long names. Never throws for a header.
    /// </summary>
    /// <param name="header">The header as received, or null when there was none.</param>
    /// <param name="baseDomain">The configured base domain; see <see cref="IsBaseDomain"/>.</param>
    /// <exception cref="ArgumentException">The base domain is not one.</exception>
    public static TenantHost Parse(string? header, string baseDomain)
    {
        if (!IsBaseDomain(baseDomain))
            throw new ArgumentException($"'{baseDomain}' is not a base domain.", nameof(baseDomain));
        if (string.IsNullOrEmpty(header))
            return new Refused(HostRefusal.Missing);
        if (FindForbidden(header) is { } forbidden)
            return new Refused(forbidden);
        if (header[0] == '[' || IsBareIPv6(header))
            return new Refused(HostRefusal.IpLiteral);

        var host = header.AsSpan();
        var colon = host.IndexOf(':');
        if (colon >= 0)
        {
            if (!IsPort(host[(colon + 1)..]))
                return new Refused(HostRefusal.BadPort);
            host = host[..colon];
        }

        if (host.EndsWith('.'))
            host = host[..^1];

        return FindFault(host) is { } fault ? new Refused(fault) : Place(host, baseDomain);
    }

    /// <summary>
    /// True for a name that can carry tenants: lower-case labels of letters, digits and inner hyphens, without port or
    /// trailing dot, not an IP address, and short enough to leave room for the longest slug.
    /// </summary>
    public static bool IsBaseDomain(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxHostLength - TenantSlug.MaxLength - 1)
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.'))
                return false;
        }

        if (FindFault(name) is not null)
            return false;
        foreach (var label in name.AsSpan().Split('.'))
        {
            if (name.AsSpan()[label] is ['-', ..] or [.., '-'])
                return false;
        }

        return true;
    }

    private static TenantHost Place(ReadOnlySpan<char> host, string baseDomain)
    {
        if (host.Equals(baseDomain, StringComparison.OrdinalIgnoreCase))
            return BaseDomainHost;

        // Compared with the dot in front, so that evil-localhost is not taken for a name under localhost.
        var front = host.Length - baseDomain.Length - 1;
        if (front < 1 || host[front] != '.' || !host.EndsWith(baseDomain, StringComparison.OrdinalIgnoreCase))
            return new Refused(HostRefusal.ForeignDomain);
        if (host[..front].Contains('.'))
            return new Refused(HostRefusal.TooDeep);

        var label = host[..front].ToString().ToLowerInvariant();
        return label switch
        {
            TenantSlug.Operator => AdminHost,
            TenantSlug.Api => ApiHost,
            _ when !TenantSlug.IsWellFormed(label) => new Refused(HostRefusal.NotASlug),
            _ when TenantSlug.IsReserved(label) => new Refused(HostRefusal.ReservedName),
            _ => new Tenant(label),
        };
    }

    private static HostRefusal? FindForbidden(string header)
    {
        if (header.Length > MaxHostLength + ".:".Length + MaxPortLength)
            return HostRefusal.TooLong;

        foreach (var c in header)
        {
            if (!char.IsAscii(c))
                return HostRefusal.NonAscii;
            if (c == '%')
                return HostRefusal.PercentEncoded;
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or ':' or '[' or ']'))
                return HostRefusal.ForbiddenCharacter;
        }

        return null;
    }

    private static HostRefusal? FindFault(ReadOnlySpan<char> host)
    {
        if (host.Length > MaxHostLength)
            return HostRefusal.TooLong;
        if (host.ContainsAny('[', ']'))
            return HostRefusal.ForbiddenCharacter;

        var last = default(Range);
        foreach (var label in host.Split('.'))
        {
            var length = host[label].Length;
            if (length == 0)
                return HostRefusal.EmptyLabel;
            if (length > MaxLabelLength)
                return HostRefusal.LabelTooLong;
            last = label;
        }

        return IsNumber(host[last]) ? HostRefusal.IpLiteral : null;
    }

    // A host whose last label is a number is an IPv4 address to a browser, however few parts it has
    // and in whatever base: https://url.spec.whatwg.org/#ends-in-a-number-checker
    private static bool IsNumber(ReadOnlySpan<char> label)
    {
        if (!label.ContainsAnyExceptInRange('0', '9'))
            return true;
        if (!label.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return false;
        foreach (var c in label[2..])
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        return true;
    }

    private static bool IsBareIPv6(string header) =>
        header.AsSpan().Count(':') > 1 && IPAddress.TryParse(header, out _);

    private static bool IsPort(ReadOnlySpan<char> port) =>
        port.Length is > 0 and <= MaxPortLength
        && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is > 0 and <= IPEndPoint.MaxPort;
}
