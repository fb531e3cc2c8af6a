using Microsoft.AspNetCore.SignalR;
using SecureBase.Core.Messaging;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Live;

/// <summary>Passes this node's live signals on to this node's hub connections; every node has its own, so no backplane is needed.</summary>
internal sealed class LiveHubFeed(LiveSignals signals, IHubContext<LiveHub> hub) : IHostedService
{
    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = signals.Subscribe(SystemActor.Instance, new LiveTopic(TenantId: null), SendAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    private async Task SendAsync(IReadOnlyList<LiveSignal> changes)
    {
        foreach (var change in changes)
            await hub.Clients.Groups(LiveGroups.For(change)).SendAsync("changed", new { change.Kind, change.Id, change.Version });
    }
}
