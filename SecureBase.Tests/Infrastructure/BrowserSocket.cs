using System.Net.WebSockets;
using System.Text;

namespace SecureBase.Tests.Infrastructure;

/// <summary>The web socket of an open page: a circuit's connection, held open as the browser's script holds it.</summary>
internal sealed class BrowserSocket : IAsyncDisposable
{
    private const string Handshake = "{\"protocol\":\"blazorpack\",\"version\":1}\u001e";

    private readonly ClientWebSocket _socket = new();
    private Task _reading = Task.CompletedTask;

    private BrowserSocket()
    {
    }

    public bool IsOpen => !_reading.IsCompleted;

    /// <param name="at">A portal on a socket.</param>
    public static async Task<BrowserSocket> OpenAsync(Visitor visitor, PortalFactory at)
    {
        var browser = new BrowserSocket();
        var host = $"{visitor.Home.Host}:{at.Port}";
        browser._socket.Options.SetRequestHeader("Host", host);
        browser._socket.Options.SetRequestHeader("Origin", "http://" + host);
        if (visitor.Cookies.GetCookieHeader(visitor.Home) is { Length: > 0 } cookies)
            browser._socket.Options.SetRequestHeader("Cookie", cookies);
        try
        {
            await browser._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{at.Port}/_blazor"), CancellationToken.None);
            await browser._socket.SendAsync(Encoding.UTF8.GetBytes(Handshake), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            var answer = new byte[256];
            var received = await browser._socket.ReceiveAsync(answer, CancellationToken.None);
            Assert.Equal("{}\u001e", Encoding.UTF8.GetString(answer, 0, received.Count));
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
        browser._reading = browser.ReadAsync();
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _reading;
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while ((await _socket.ReceiveAsync(buffer, CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception ended) when (ended is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The other side cut it off, or this one let go.
        }
    }
}
