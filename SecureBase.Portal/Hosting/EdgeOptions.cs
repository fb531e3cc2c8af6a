using System.Net;

namespace SecureBase.Portal.Hosting;

/// <summary>What stands in front of the portal.</summary>
internal sealed class EdgeOptions
{
    public const string Section = "SecureBase";

    /// <summary>
    /// Networks in CIDR notation (<c>10.0.0.0/8</c>, <c>fd00::/8</c>; a bare address is a network of one) whose
    /// <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed. Empty by default: nobody's are.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; set; } = [];

    internal IEnumerable<IPNetwork> Networks => TrustedProxies.Select(text => Parse(text) ?? throw new FormatException(Fault(text)));

    internal IEnumerable<string> Faults() => TrustedProxies.Where(text => Parse(text) is null).Select(Fault);

    private static string Fault(string text) =>
        $"{Section}:{nameof(TrustedProxies)} holds '{text}', which is no network such as 10.0.0.0/8 or fd00::/8.";

    private static IPNetwork? Parse(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
