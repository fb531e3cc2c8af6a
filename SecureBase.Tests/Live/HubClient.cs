using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Live;

/// <summary>An API client of the live hub, with a visitor's cookies or key.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    internal sealed record Change(string Kind, Guid Id, int Version);

    private readonly HubConnection _connection;

    private HubClient(HubConnection connection) => _connection = connection;

    public ConcurrentQueue<Change> Changes { get; } = new();

    public bool IsConnected => _connection.State == HubConnectionState.Connected;

    /// <param name="at">A portal on a socket.</param>
    public static async Task<HubClient> ConnectAsync(Visitor visitor, PortalFactory at, string? origin = null, string path = "/hubs/live")
    {
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(new Uri($"ws://127.0.0.1:{at.Port}{path}")));
        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketConnectionFactory(options =>
        {
            options.SetRequestHeader("Host", $"{visitor.Home.Host}:{at.Port}");
            if (visitor.Cookies.GetCookieHeader(visitor.Home) is { Length: > 0 } cookies)
                options.SetRequestHeader("Cookie", cookies);
            if (visitor.Authorization is not null)
                options.SetRequestHeader("Authorization", visitor.Authorization);
            if (origin is not null)
                options.SetRequestHeader("Origin", origin);
        }));
        var client = new HubClient(builder.Build());
        client._connection.On<Change>("changed", client.Changes.Enqueue);
        await client._connection.StartAsync();
        return client;
    }

    public Task SubscribeAsync(string kind, Guid id) => _connection.InvokeAsync("Subscribe", kind, id);

    public Task UnsubscribeAsync(string kind, Guid id) => _connection.InvokeAsync("Unsubscribe", kind, id);

    /// <summary>Calls any method of the hub and waits until it has run.</summary>
    public Task InvokeAsync(string method, object[] arguments) => _connection.InvokeCoreAsync(method, arguments);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
