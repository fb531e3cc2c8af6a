using System.Net;

namespace SecureBase.Portal.Hosting;

/// <summary>
/// Writes IPv4 addresses mapped into IPv6, as a socket for both sees them, as the IPv4 addresses they are. The framework finds some of them in
/// IPv6 networks that do not hold them (half of all in 2001:db8:8000::/33), so a stranger could pass for a trusted proxy.
/// </summary>
internal sealed class PlainAddresses(RequestDelegate next)
{
    private const string ForwardedFor = "X-Forwarded-For";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped)
            context.Connection.RemoteIpAddress = mapped.MapToIPv4();
        var hops = context.Request.Headers.GetCommaSeparatedValues(ForwardedFor);
        var plain = Array.ConvertAll(hops, Plain);
        if (!hops.SequenceEqual(plain))
            context.Request.Headers[ForwardedFor] = string.Join(", ", plain);
        return next(context);
    }

    private static string Plain(string hop) => IPEndPoint.TryParse(hop, out var seen) && seen.Address.IsIPv4MappedToIPv6
        ? (seen.Port == 0 ? seen.Address.MapToIPv4().ToString() : new IPEndPoint(seen.Address.MapToIPv4(), seen.Port).ToString())
        : hop;
}
