using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace SecureBase.Core.Webhooks.Targets;

/// <summary>Looks up the addresses of a host name.</summary>
/// <exception cref="SocketException">There are none, or nobody answers.</exception>
public delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken ct);

/// <summary>Nothing is sent to this target, for a reason its owner may be told.</summary>
public sealed class TargetRefusedException(string reason) : Exception(reason);

/// <summary>
/// Decides where deliveries may go, so that nobody can make the portal call what only the portal can reach. Every address
/// a host resolves to is checked, and the connection is made to one of those checked addresses: what the name says a moment later no longer matters.
/// </summary>
public sealed class WebhookTargets(HostResolver hosts, IOptions<WebhookOptions> options)
{
    public const int MaxLength = 2_000;

    /// <summary>Whose request it is; a request without one has its look-ups with all others that have none.</summary>
    public static readonly HttpRequestOptionsKey<Guid> Sender = new("SecureBase.Tenant");

    // RFC 1035, without the root's dot.
    private const int MaxHostLength = 253;

    private static readonly TimeSpan LookUp = TimeSpan.FromSeconds(3);

    /// <summary>Reads an address as a person writes it, without asking anybody.</summary>
    /// <param name="fault">What is wrong, as a sentence.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out string? fault)
    {
        url = null;
        fault = Fault(text?.Trim() ?? "", out var parsed);
        if (fault is null)
            url = parsed!;
        return fault is null;
    }

    /// <summary>Checks a target at the moment it is entered.</summary>
    /// <returns>Why it is refused, as a sentence; null when it is not, and when its name cannot be resolved now, which every attempt looks at again.</returns>
    public async Task<string?> RefusalAsync(Guid tenantId, Uri url, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(LookUp);
        try
        {
            return Refuse(url, Literal(url) ?? await hosts.ResolveEnteredAsync(tenantId, url.IdnHost, timeout.Token));
        }
        catch (Exception failure) when (failure is SocketException or LookUpsExhaustedException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Refuse(url, []);
        }
    }

    /// <summary>Opens a connection for one request: for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="TargetRefusedException">An address, the port or the scheme is not allowed; nothing was connected.</exception>
    /// <exception cref="SocketException">The name has no address, or none of its addresses answers.</exception>
    /// <exception cref="LookUpsExhaustedException">The name could not be looked up now, for no fault of its own.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var url = context.InitialRequestMessage.RequestUri!;
        if (!string.Equals(context.DnsEndPoint.Host, url.IdnHost.Trim('[', ']'), StringComparison.OrdinalIgnoreCase) || context.DnsEndPoint.Port != url.Port)
            throw new TargetRefusedException("The connection does not lead to the address of the request.");
        var addresses = Literal(url) ?? await hosts.ResolveAsync(context.InitialRequestMessage.Options.TryGetValue(Sender, out var tenantId) ? tenantId : Guid.Empty, url.IdnHost, ct);
        if (Refuse(url, addresses) is { } reason)
            throw new TargetRefusedException(reason);
        return await ConnectAsync(addresses, url.Port, ct);
    }

    private static async Task<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken ct)
    {
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                last = failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static IPAddress[]? Literal(Uri url) => IPAddress.TryParse(url.IdnHost, out var literal) ? [literal] : null;

    private string? Refuse(Uri url, IPAddress[] addresses)
    {
        var guarded = addresses.Where(address => !IsExempt(address)).ToList();
        if (addresses.Length > 0 && guarded.Count == 0)
            return null;
        foreach (var address in guarded)
        {
            if (AddressRules.Refuse(address) is { } reason)
                return IsWritten(url, address) ? $"{address} {reason}; deliveries go to public addresses only." : $"An address of {url.IdnHost} {reason}; deliveries go to public addresses only.";
        }
        if (url.Scheme != Uri.UriSchemeHttps)
            return "Deliveries are sent over HTTPS only: begin the address with https://.";
        return options.Value.AllowedPorts.Contains(url.Port)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"Port {url.Port} is not allowed; deliveries go to {string.Join(" or ", options.Value.AllowedPorts)}.");
    }

    // Whoever asks by name is not told the address: it may be known on our side of the network only.
    private static bool IsWritten(Uri url, IPAddress address) => address.ToString() == url.IdnHost.Trim('[', ']');

    private bool IsExempt(IPAddress address) =>
        options.Value.AllowedNetworks.Any(network => network.Holds(address));

    private static string? Fault(string text, out Uri? url)
    {
        url = null;
        if (text.Length == 0)
            return "Enter the address deliveries are sent to, e.g. https://hooks.example.com/securebase.";
        if (text.Length > MaxLength)
            return string.Create(CultureInfo.InvariantCulture, $"The address may have up to {MaxLength:N0} characters.");
        if (text.AsSpan().ContainsAnyInRange('\0', ' ') || text.Contains('\\', StringComparison.Ordinal) || text.Contains('\u007f', StringComparison.Ordinal))
            return "The address contains a space, a backslash or a control character: write it percent-encoded.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || !IsWrittenOut(text))
            return "This is no web address: it begins with https:// and a host name.";
        if (url.UserInfo.Length > 0 || Authority(text).Contains('@', StringComparison.Ordinal))
            return "The address carries a user name or password: send credentials in a custom header instead.";
        if (url.Fragment.Length > 0 || text.Contains('#', StringComparison.Ordinal))
            return "The address has a fragment (#…), which is never sent: take it out.";
        return HostFault(Host(Authority(text)), url);
    }

    private static string? HostFault(string written, Uri url)
    {
        if (written.Length == 0 || written.Contains('%', StringComparison.Ordinal) || url.IdnHost.Length == 0)
            return "The address has no readable host name.";
        if (url.IdnHost.EndsWith('.') || written.EndsWith('.'))
            return "The host name ends in a dot: take it out.";
        var host = url.IdnHost.Trim('[', ']');
        if (IPAddress.TryParse(host, out var address))
            return string.Equals(written.Trim('[', ']'), address.ToString(), StringComparison.OrdinalIgnoreCase) ? null : $"Write the IP address in its usual form, {address}.";
        // A last label of digits, or one that begins with 0x, is an IPv4 address to some programs and a name to others.
        var last = host[(host.LastIndexOf('.') + 1)..];
        var readable = host.Length <= MaxHostLength && Uri.CheckHostName(host) == UriHostNameType.Dns && !last.All(char.IsAsciiDigit) && !last.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return readable ? null : "The host is neither a name nor an IP address in its usual form.";
    }

    // "https:host" and "https:///host" are read differently by different programs.
    private static bool IsWrittenOut(string text) =>
        text.IndexOf("://", StringComparison.Ordinal) is var at and > 0 && at + 3 < text.Length && text[at + 3] is not ('/' or '?');

    private static string Authority(string text)
    {
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var end = rest.IndexOfAny(['/', '?', '#']);
        return end < 0 ? rest : rest[..end];
    }

    private static string Host(string authority)
    {
        if (authority.StartsWith('['))
            return authority[..(authority.IndexOf(']', StringComparison.Ordinal) + 1)];
        var colon = authority.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? authority : authority[..colon];
    }
}
