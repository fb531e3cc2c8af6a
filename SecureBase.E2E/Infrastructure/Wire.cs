using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace SecureBase.E2E.Infrastructure;

/// <summary>The connection between a page and its circuit, which can be cut as a tunnel or a closed lid cuts it: the node goes on and keeps the circuit.</summary>
internal sealed class Wire
{
    private readonly ConcurrentBag<(IWebSocketRoute Page, IWebSocketRoute Node)> _sockets = [];
    private volatile bool _cut;

    private Wire()
    {
    }

    /// <summary>Holds from the next page on that the window loads.</summary>
    public static async Task<Wire> LayAsync(Window window)
    {
        window.Problems.ExpectLostCircuit();
        var wire = new Wire();
        await window.Page.RouteWebSocketAsync(address => address.Contains("/_blazor", StringComparison.Ordinal), socket => wire._sockets.Add((socket, socket.ConnectToServer())));
        await window.Page.RouteAsync("**/_blazor/negotiate*", route => wire._cut ? route.AbortAsync("connectionrefused") : route.ContinueAsync());
        return wire;
    }

    public async Task CutAsync()
    {
        _cut = true;
        while (_sockets.TryTake(out var socket))
        {
            await socket.Node.CloseAsync(new() { Code = 3000 });
            await socket.Page.CloseAsync(new() { Code = 3000 });
        }
    }

    public void Mend() => _cut = false;

    /// <summary>Stays cut until the window loads a page: the present one never comes back to its circuit.</summary>
    public void MendOnLoad(Window window) => window.Page.Request += (_, request) =>
    {
        if (request.IsNavigationRequest)
            Mend();
    };
}
