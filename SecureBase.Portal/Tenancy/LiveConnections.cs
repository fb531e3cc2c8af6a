using System.Collections.Concurrent;
using System.Net;
using SecureBase.Core.Access;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Tenancy;

/// <summary>
/// Every open circuit and hub connection of this node, and whose it is. When access changes, each one concerned is looked at
/// again and cut off if its tenant, session or key no longer holds; the refused reconnect ends it for good.
/// </summary>
internal sealed class LiveConnections(AccessWatch watch, TenantDirectory tenants, SessionDirectory sessions, ApiKeyDirectory keys, ILogger<LiveConnections> log) : IHostedService
{
    private readonly ConcurrentDictionary<long, Connection> _open = new();
    private long _last;

    internal int Count => _open.Count;

    /// <summary>Keeps the connection until disposed.</summary>
    internal IDisposable Register(Guid tenantId, Actor actor, Action abort)
    {
        var id = Interlocked.Increment(ref _last);
        _open[id] = new Connection(tenantId, actor, abort);
        return new Registration(() => _open.TryRemove(id, out _));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        watch.Changed += OnChanged;
        watch.Lost += OnLost;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        watch.Changed -= OnChanged;
        watch.Lost -= OnLost;
        return Task.CompletedTask;
    }

    private void OnChanged(AccessSignal signal) => Review(c => c.TenantId == signal.TenantId || c.Actor.TenantId == signal.TenantId);

    private void OnLost() => Review(_ => true);

    private void Review(Func<Connection, bool> concerned)
    {
        foreach (var connection in _open.Values.Where(concerned))
            _ = ReviewAsync(connection);
    }

    private async Task ReviewAsync(Connection connection)
    {
        try
        {
            if (await HoldsAsync(connection))
                return;
        }
        catch (Exception failure)
        {
            // What cannot be confirmed does not hold.
            log.ReviewFailed(failure);
        }
        connection.Abort();
    }

    private async Task<bool> HoldsAsync(Connection connection)
    {
        if (await tenants.FindAsync(connection.TenantId, CancellationToken.None) is not { Status: TenantStatus.Active } tenant)
            return false;
        if (connection.Actor.SessionId is { } session)
            return await sessions.FindAsync(tenant, session, CancellationToken.None) is { } live && live.Role == connection.Actor.Role;
        return connection.Actor is { ApiKeyId: { } key } actor
            && await keys.HoldsAsync(connection.TenantId, key, actor.ApiKeySecret, IPAddress.TryParse(actor.RemoteAddress, out var from) ? from : null, CancellationToken.None);
    }

    private sealed record Connection(Guid TenantId, Actor Actor, Action Abort);

    private sealed class Registration(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
