using System.Net;
using System.Net.Sockets;

namespace SecureBase.Core.Webhooks.Targets;

/// <summary>
/// Which addresses a delivery may be sent to: those of the public internet and no other. The ranges are those of the IANA
/// special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates), and what carries another address inside it.
/// </summary>
public static class AddressRules
{
    private static readonly (IPNetwork Network, string Reason)[] RefusedV4 =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "is an address of this network itself"),
        (IPNetwork.Parse("10.0.0.0/8"), "is a private address"),
        (IPNetwork.Parse("100.64.0.0/10"), "is an address of a carrier's inner network"),
        (IPNetwork.Parse("127.0.0.0/8"), "is a loopback address"),
        (IPNetwork.Parse("169.254.0.0/16"), "is a link-local address"),
        (IPNetwork.Parse("172.16.0.0/12"), "is a private address"),
        (IPNetwork.Parse("192.0.0.0/24"), "is reserved for protocols"),
        (IPNetwork.Parse("192.0.2.0/24"), "is an address of documentation"),
        (IPNetwork.Parse("192.31.196.0/24"), "is reserved for protocols"),
        (IPNetwork.Parse("192.52.193.0/24"), "is reserved for protocols"),
        (IPNetwork.Parse("192.88.99.0/24"), "is a 6to4 relay"),
        (IPNetwork.Parse("192.168.0.0/16"), "is a private address"),
        (IPNetwork.Parse("192.175.48.0/24"), "is reserved for protocols"),
        (IPNetwork.Parse("198.18.0.0/15"), "is reserved for benchmarks"),
        (IPNetwork.Parse("198.51.100.0/24"), "is an address of documentation"),
        (IPNetwork.Parse("203.0.113.0/24"), "is an address of documentation"),
        // Public by its number, yet answered by the host of every virtual machine of one large cloud.
        (IPNetwork.Parse("168.63.129.16/32"), "is a cloud's own service address"),
        (IPNetwork.Parse("224.0.0.0/4"), "is a multicast address"),
        (IPNetwork.Parse("240.0.0.0/4"), "is reserved"),
    ];

    private static readonly (IPNetwork Network, string Reason)[] RefusedV6 =
    [
        (IPNetwork.Parse("::/128"), "is an address of this network itself"),
        (IPNetwork.Parse("::1/128"), "is a loopback address"),
        (IPNetwork.Parse("::ffff:0:0:0/96"), "is an IPv4 address translated into IPv6"),
        (IPNetwork.Parse("::/96"), "is an IPv4 address written as IPv6"),
        (IPNetwork.Parse("64:ff9b::/96"), "is a NAT64 address"),
        (IPNetwork.Parse("64:ff9b:1::/48"), "is a NAT64 address"),
        (IPNetwork.Parse("100::/64"), "is an address that discards everything"),
        (IPNetwork.Parse("2001::/32"), "is a Teredo address"),
        (IPNetwork.Parse("2001::/23"), "is reserved for protocols"),
        (IPNetwork.Parse("2001:db8::/32"), "is an address of documentation"),
        (IPNetwork.Parse("2002::/16"), "is a 6to4 address"),
        (IPNetwork.Parse("2620:4f:8000::/48"), "is reserved for protocols"),
        (IPNetwork.Parse("3fff::/20"), "is an address of documentation"),
        (IPNetwork.Parse("fc00::/7"), "is a private address"),
        (IPNetwork.Parse("fe80::/10"), "is a link-local address"),
        (IPNetwork.Parse("fec0::/10"), "is a private address"),
        (IPNetwork.Parse("ff00::/8"), "is a multicast address"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Why nothing is sent there, as the end of a sentence that begins with the address; null for a public address.</summary>
    public static string? Refuse(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return Find(RefusedV4, address);
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return "is no internet address";
        if (address.IsIPv4MappedToIPv6)
            return "is an IPv4 address mapped into IPv6";
        if (address.ScopeId != 0)
            return "is an address of one network interface";
        if (Find(RefusedV6, address) is { } reason)
            return reason;
        if (!GlobalUnicast.Holds(address))
            return "is reserved";
        return IsIsatap(address) ? "is an ISATAP address, which carries an IPv4 address" : null;
    }

    /// <summary>
    /// Whether the address lies in the network, bit by bit: the framework's own comparison treats IPv4 addresses mapped into IPv6 as something else
    /// and finds some of them in networks that do not hold them.
    /// </summary>
    internal static bool Holds(this IPNetwork network, IPAddress address)
    {
        Span<byte> first = stackalloc byte[16], bytes = stackalloc byte[16];
        if (!network.BaseAddress.TryWriteBytes(first, out var length) || !address.TryWriteBytes(bytes, out var other) || length != other)
            return false;
        var whole = network.PrefixLength / 8;
        if (!bytes[..whole].SequenceEqual(first[..whole]))
            return false;
        var rest = network.PrefixLength % 8;
        return rest == 0 || (bytes[whole] ^ first[whole]) >> (8 - rest) == 0;
    }

    private static string? Find((IPNetwork Network, string Reason)[] refused, IPAddress address)
    {
        foreach (var (network, reason) in refused)
        {
            if (network.Holds(address))
                return reason;
        }
        return null;
    }

    // RFC 5214: the interface identifier 0000:5efe or 0200:5efe and then the IPv4 address.
    private static bool IsIsatap(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
    }
}
