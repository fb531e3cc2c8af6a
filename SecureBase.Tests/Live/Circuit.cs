using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Live;

/// <summary>
/// An interactive page without a browser: loads a page, opens its circuit and keeps all text the server renders into it. It can
/// claim whatever it likes of its address, as a forged script could.
/// </summary>
internal sealed partial class Circuit : IAsyncDisposable
{
    private const int Invocation = 1;
    private const int Completion = 3;
    private const int Failed = 1;
    private const byte EndOfHandshake = 0x1e;

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<object?>> _calls = new();
    private readonly StringBuilder _shown = new();
    private readonly SemaphoreSlim _sending = new(1);
    private Task _receiving = Task.CompletedTask;
    private int _last;

    private Circuit()
    {
    }

    /// <summary>All text rendered since the last <see cref="GoAsync"/>.</summary>
    internal string Shown
    {
        get
        {
            lock (_shown)
                return _shown.ToString();
        }
    }

    /// <summary>What the server said when it gave the circuit up.</summary>
    internal string? Error { get; private set; }

    internal bool IsOpen => Error is null && !_receiving.IsCompleted;

    /// <summary>What another connection needs to take this circuit over.</summary>
    internal string Secret { get; private set; } = "";

    /// <param name="at">A portal on a socket.</param>
    /// <param name="path">The page to load first; it must be interactive.</param>
    /// <param name="claimed">The address the circuit claims to be at; null tells the truth.</param>
    internal static async Task<Circuit> OpenAsync(Visitor visitor, PortalFactory at, string path, Uri? claimed = null)
    {
        using var answer = await visitor.GetAsync(path);
        var page = await answer.Content.ReadAsStringAsync();
        var operations = ComponentMarker().Matches(page).Where(m => m.Groups[1].Value.Contains("\"descriptor\"", StringComparison.Ordinal)).Select((m, i) => $$"""{"type":"add","ssrComponentId":{{i}},"marker":{{m.Groups[1].Value}}}""").ToList();
        Assert.True(operations.Count > 0, $"{path} has no interactive component: {(int)answer.StatusCode} {page}");
        var circuit = await ConnectAsync(visitor, at);
        var home = claimed ?? visitor.Home;
        circuit.Secret = await circuit.CallAsync("StartCircuit", home.ToString(), new Uri(home, path).ToString(), "[]", "") as string ?? "";
        await circuit.SendAsync("UpdateRootComponents", $$"""{"batchId":1,"operations":[{{string.Join(',', operations)}}]}""", State().Match(page).Groups[1].Value);
        return circuit;
    }

    /// <summary>Takes over a circuit that lost its connection; false when the server refuses.</summary>
    internal static async Task<bool> ReconnectAsync(Visitor visitor, PortalFactory at, string secret)
    {
        await using var circuit = await ConnectAsync(visitor, at);
        return await circuit.CallAsync("ConnectCircuit", secret) is true;
    }

    /// <summary>Follows a link within the page.</summary>
    internal async Task GoAsync(Uri to)
    {
        lock (_shown)
            _shown.Clear();
        await SendAsync("OnLocationChanged", to.ToString(), null, true);
    }

    /// <summary>Drops the connection as a failing network would.</summary>
    internal void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
        _ended.Dispose();
    }

    private static async Task<Circuit> ConnectAsync(Visitor visitor, PortalFactory at)
    {
        var circuit = new Circuit();
        circuit._socket.Options.SetRequestHeader("Host", $"{visitor.Home.Host}:{at.Port}");
        circuit._socket.Options.SetRequestHeader("Origin", visitor.Home.GetLeftPart(UriPartial.Authority));
        circuit._socket.Options.SetRequestHeader("Cookie", visitor.Cookies.GetCookieHeader(visitor.Home));
        await circuit._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{at.Port}/_blazor"), CancellationToken.None);
        await circuit._socket.SendAsync(Encoding.UTF8.GetBytes("""{"protocol":"blazorpack","version":1}""" + (char)EndOfHandshake), WebSocketMessageType.Text, true, CancellationToken.None);
        circuit._receiving = circuit.ReceiveAsync();
        return circuit;
    }

    private async Task<object?> CallAsync(string method, params object?[] arguments)
    {
        var id = Interlocked.Increment(ref _last).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var answer = _calls[id] = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await WriteAsync(MessagePack.Message(Invocation, new Dictionary<string, string>(), id, method, arguments, Array.Empty<object?>()));
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private Task SendAsync(string method, params object?[] arguments) =>
        WriteAsync(MessagePack.Message(Invocation, new Dictionary<string, string>(), null, method, arguments, Array.Empty<object?>()));

    private async Task WriteAsync(byte[] message)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Binary, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        var greeted = false;
        try
        {
            while (await _socket.ReceiveAsync(buffer.AsMemory(), _ended.Token) is { MessageType: not WebSocketMessageType.Close } read)
            {
                received.AddRange(buffer.AsSpan(0, read.Count));
                if (!greeted && received.IndexOf(EndOfHandshake) is >= 0 and var end)
                {
                    received.RemoveRange(0, end + 1);
                    greeted = true;
                }
                while (greeted && MessagePack.Read(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(received)) is var (items, taken))
                {
                    received.RemoveRange(0, taken);
                    await TakeAsync(items);
                }
            }
        }
        catch (Exception lost) when (lost is WebSocketException or OperationCanceledException)
        {
            // The connection is gone, which IsOpen tells.
        }
        foreach (var call in _calls.Values)
            call.TrySetResult(null);
    }

    private async Task TakeAsync(object?[] message)
    {
        switch (message)
        {
            case [(long)Completion, _, string id, long kind, ..]:
                _calls[id].TrySetResult(kind == Failed ? null : message.ElementAtOrDefault(4));
                break;
            case [(long)Invocation, _, _, "JS.RenderBatch", object?[] and [long batch, byte[] content], ..]:
                lock (_shown)
                    _shown.Append(Encoding.UTF8.GetString(content));
                await SendAsync("OnRenderCompleted", batch, null);
                break;
            case [(long)Invocation, _, _, "JS.Error", object?[] and [string error], ..]:
                Error = error;
                break;
        }
    }

    [GeneratedRegex("<!--Blazor:(\\{\"type\":\"server\".*?\\})-->")]
    private static partial Regex ComponentMarker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->")]
    private static partial Regex State();
}
