using System.Net;
using System.Net.Sockets;

namespace SecureBase.E2E.Infrastructure;

/// <summary>Requests of programs to this machine, whatever host name they carry: names under localhost lead here in browsers, not in .NET.</summary>
internal static class Loopback
{
    public static HttpMessageInvoker Client(int port) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });

    /// <summary>The status of an answer; null when nobody listens.</summary>
    public static async Task<HttpStatusCode?> StatusAsync(HttpMessageInvoker client, string path)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://api.localhost" + path);
            using var answer = await client.SendAsync(request, CancellationToken.None);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>A port that nobody listens on, below those that systems give to outgoing connections: no other process comes by it before, or between two starts.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one, then.
            }
        }
    }
}
