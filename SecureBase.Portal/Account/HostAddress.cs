namespace SecureBase.Portal.Account;

/// <summary>Addresses of our other hosts, reached the way this request came: same scheme, same port.</summary>
internal static class HostAddress
{
    internal static string Of(HttpRequest request, string host, string path = "/") =>
        new UriBuilder(request.Scheme, host) { Port = request.Host.Port ?? -1, Path = path }.Uri.ToString();
}
