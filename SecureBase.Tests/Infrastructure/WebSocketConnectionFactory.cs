using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace SecureBase.Tests.Infrastructure;

/// <summary>A SignalR client's transport: one WebSocket without negotiation, as API clients open it.</summary>
internal sealed class WebSocketConnectionFactory(Action<ClientWebSocketOptions> configure) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        configure(socket.Options);
        try
        {
            await socket.ConnectAsync(((UriEndPoint)endpoint).Uri, cancellationToken);
            return new WebSocketConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class WebSocketConnection : ConnectionContext
    {
        private readonly ClientWebSocket _socket;
        private readonly Pipe _received = new();
        private readonly Pipe _toSend = new();
        private readonly CancellationTokenSource _ended = new();
        private readonly Task _pumps;

        internal WebSocketConnection(ClientWebSocket socket)
        {
            _socket = socket;
            Transport = new Duplex(_received.Reader, _toSend.Writer);
            _pumps = Task.WhenAll(ReceiveAsync(), SendAsync());
        }

        public override IDuplexPipe Transport { get; set; }
        public override string ConnectionId { get; set; } = Guid.CreateVersion7().ToString("N");
        public override IFeatureCollection Features { get; } = new FeatureCollection();
        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override async ValueTask DisposeAsync()
        {
            await Transport.Output.CompleteAsync();
            _ended.CancelAfter(TimeSpan.FromSeconds(2));
            await _pumps;
            _socket.Dispose();
            _ended.Dispose();
            await base.DisposeAsync();
        }

        private async Task ReceiveAsync()
        {
            Exception? failure = null;
            try
            {
                while (true)
                {
                    var read = await _socket.ReceiveAsync(_received.Writer.GetMemory(4096), _ended.Token);
                    if (read.MessageType == WebSocketMessageType.Close)
                        break;
                    _received.Writer.Advance(read.Count);
                    if ((await _received.Writer.FlushAsync()).IsCompleted)
                        break;
                }
            }
            catch (Exception lost) when (lost is WebSocketException or OperationCanceledException)
            {
                failure = lost as WebSocketException;
            }
            await _received.Writer.CompleteAsync(failure);
            await _ended.CancelAsync();
        }

        private async Task SendAsync()
        {
            try
            {
                while (true)
                {
                    var read = await _toSend.Reader.ReadAsync(_ended.Token);
                    foreach (var segment in read.Buffer)
                        await _socket.SendAsync(segment, WebSocketMessageType.Text, endOfMessage: true, _ended.Token);
                    _toSend.Reader.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                        break;
                }
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _ended.Token);
            }
            catch (Exception lost) when (lost is WebSocketException or OperationCanceledException)
            {
                // The receiving side tells the client that the connection is gone.
            }
            await _toSend.Reader.CompleteAsync();
        }
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;
        public PipeWriter Output => output;
    }
}
