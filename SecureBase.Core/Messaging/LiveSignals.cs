using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

/// <summary>
/// This node's bus of live signals: fed by <see cref="LiveSignalListener"/> with what any node committed, heard by open
/// pages and hub connections. Publishing never waits: a subscriber that is still busy finds everything that came meanwhile,
/// merged per resource and event, in one call afterwards.
/// </summary>
public sealed class LiveSignals(TimeProvider clock, ILogger<LiveSignals> log)
{
    /// <summary>How far back a subscriber may ask to hear, to close the gap between reading its data and subscribing.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private const int MaxRemembered = 20_000;

    private readonly Lock _lock = new();
    private readonly Queue<(DateTimeOffset At, LiveSignal Signal)> _recent = new();
    private readonly Dictionary<Guid, ImmutableArray<LiveSubscription>> _byTenant = [];
    private ImmutableArray<LiveSubscription> _overAllTenants = [];

    /// <summary>Calls <paramref name="changed"/> for what <paramref name="topic"/> covers and the subscriber may learn of.</summary>
    /// <param name="subscriber">Staff may name any tenant or none and hear everything; everyone else only their own tenant, without what is for staff.</param>
    /// <param name="changed">Gets one or more signals, never concurrently with itself. Its exceptions are logged.</param>
    /// <param name="since">Also replays what came since this instant, at most <see cref="Memory"/> ago.</param>
    /// <param name="pause">Least time between two calls, so that a storm of changes becomes a steady beat.</param>
    /// <returns>Dispose it to end the subscription.</returns>
    /// <exception cref="InvalidOperationException">The subscriber asks for a tenant that is not theirs.</exception>
    public IDisposable Subscribe(
        Actor subscriber, LiveTopic topic, Func<IReadOnlyList<LiveSignal>, Task> changed, DateTimeOffset? since = null, TimeSpan pause = default)
    {
        var isStaff = subscriber.Kind is ActorKind.Agent or ActorKind.System && subscriber.TenantId == Tenant.OperatorId;
        if (!isStaff && topic.TenantId != subscriber.TenantId)
            throw new InvalidOperationException("Only staff hear of other tenants.");

        var subscription = new LiveSubscription(this, topic, isStaff ? LiveAudience.Staff : LiveAudience.Everyone, changed, pause, clock, log);
        LiveSignal[] missed = [];
        lock (_lock)
        {
            if (topic.TenantId is { } tenant)
                _byTenant[tenant] = _byTenant.GetValueOrDefault(tenant, []).Add(subscription);
            else
                _overAllTenants = _overAllTenants.Add(subscription);
            if (since is { } from)
                missed = [.. _recent.Where(r => r.At >= from).Select(r => r.Signal)];
        }
        foreach (var signal in missed)
            subscription.Offer(signal);
        return subscription;
    }

    /// <summary>Tells this node's subscribers. Across nodes it is the listener that calls this.</summary>
    internal void Publish(LiveSignal signal)
    {
        ImmutableArray<LiveSubscription> tenant, all;
        lock (_lock)
        {
            Remember(signal);
            tenant = _byTenant.GetValueOrDefault(signal.TenantId, []);
            all = _overAllTenants;
        }
        foreach (var subscription in tenant)
            subscription.Offer(signal);
        foreach (var subscription in all)
            subscription.Offer(signal);
    }

    internal void Remove(LiveSubscription subscription, Guid? tenantId)
    {
        lock (_lock)
        {
            if (tenantId is not { } tenant)
            {
                _overAllTenants = _overAllTenants.Remove(subscription);
            }
            else if (_byTenant.TryGetValue(tenant, out var subscriptions))
            {
                var rest = subscriptions.Remove(subscription);
                if (rest.IsEmpty)
                    _byTenant.Remove(tenant);
                else
                    _byTenant[tenant] = rest;
            }
        }
    }

    private void Remember(LiveSignal signal)
    {
        var now = clock.GetUtcNow();
        while (_recent.TryPeek(out var oldest) && (oldest.At < now - Memory || _recent.Count >= MaxRemembered))
            _recent.Dequeue();
        _recent.Enqueue((now, signal));
    }
}
