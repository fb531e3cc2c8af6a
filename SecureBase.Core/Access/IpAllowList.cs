using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SecureBase.Core.Access;

/// <summary>
/// Networks from which a key may be used; without any, every address may use it. IPv4 addresses mapped into IPv6 count as IPv4.
/// An entry nobody can read lets nobody in.
/// </summary>
public sealed class IpAllowList
{
    /// <summary>Entries a list may have.</summary>
    public const int MaxEntries = 50;

    public static readonly IpAllowList Everyone = new([]);

    private readonly IPNetwork[] _networks;
    private readonly bool _restricts;

    public IpAllowList(IReadOnlyList<string> entries)
    {
        _restricts = entries.Count > 0;
        _networks = [.. entries.Select(entry => TryParse(entry, out var network, out _) ? network : (IPNetwork?)null).OfType<IPNetwork>()];
    }

    public bool IsRestricted => _restricts;

    /// <summary>Whether the address may come in; an unknown one only where everybody may.</summary>
    public bool Allows(IPAddress? address)
    {
        if (!_restricts)
            return true;
        if (address is null)
            return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in _networks)
        {
            if (network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain))
                return true;
        }
        return false;
    }

    /// <summary>Whether everybody the other list lets in may come in here too.</summary>
    public bool Covers(IpAllowList other) =>
        !_restricts || (other._restricts && Array.TrueForAll(other._networks, inner => Array.Exists(_networks, outer =>
            outer.BaseAddress.AddressFamily == inner.BaseAddress.AddressFamily && outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress))));

    /// <summary>Reads a network in CIDR notation, or one address, which becomes a network of one.</summary>
    /// <param name="fault">What is wrong, as the end of a sentence that begins with the entry.</param>
    public static bool TryParse(string? entry, out IPNetwork network, [NotNullWhen(false)] out string? fault)
    {
        network = default;
        fault = "is no network such as 203.0.113.0/24, 2001:db8::/32 or 203.0.113.7.";
        var text = entry?.Trim() ?? "";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address))
            return false;
        var bits = address.GetAddressBytes().Length * 8;
        var prefix = bits;
        if (slash >= 0 && !TryParsePrefix(text[(slash + 1)..], bits, out prefix))
            return false;
        if (address.IsIPv4MappedToIPv6)
        {
            if (prefix < 96)
                return false;
            (address, prefix) = (address.MapToIPv4(), prefix - 96);
        }
        if (prefix == 0)
        {
            fault = "is everybody; leave the list empty for that.";
            return false;
        }
        var start = FirstOf(address, prefix);
        if (!start.Equals(address))
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"names an address inside a network; the network is {start}/{prefix}.");
            return false;
        }
        network = new IPNetwork(address, prefix);
        fault = null;
        return true;
    }

    /// <summary>The one way a network is written: <c>203.0.113.0/24</c>, <c>203.0.113.7/32</c>.</summary>
    public static string Write(IPNetwork network) => network.ToString();

    // The framework also reads 1, 0x7f.1 and 010.0.0.1, which people read as something else, and numbers with NULs behind them.
    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address)
        && (address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : text.AsSpan().IndexOfAny("[]%") < 0);

    private static bool TryParsePrefix(string text, int bits, out int prefix) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= bits && prefix.ToString(CultureInfo.InvariantCulture) == text;

    private static IPAddress FirstOf(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xFF << Math.Clamp(8 - (prefix - (i * 8)), 0, 8));
        return new IPAddress(bytes);
    }
}
