namespace SecureBase.Core.Messaging;

/// <summary>Deliveries of one tenant and channel that share a limit and a fate.</summary>
internal readonly record struct DeliveryLane(Guid TenantId, string Channel, string Name);

/// <summary>Leave to take up to so many deliveries from each lane of one tenant.</summary>
internal sealed record DeliveryTurn(Guid TenantId, IReadOnlyDictionary<DeliveryLane, int> Takes);

/// <summary>
/// Who is served next on this node. Tenants with due lanes take turns in a ring, each turn takes a bounded number, and only
/// as many as the limits of channel, tenant and lane leave free. A lane without a free place waits without holding up others; one that is
/// known to have more than it has places for waits until half of them are free, so that a lease is worth its transaction.
/// </summary>
internal sealed class DeliveryTurns(IEnumerable<IDeliveryChannel> channels)
{
    public const int MaxPerTurn = 32;

    private readonly Dictionary<string, DeliveryPolicy> _policies = channels.ToDictionary(c => c.Name, c => c.Policy, StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Queue<DeliveryLane>> _waiting = [];
    // Whether any free place will do.
    private readonly Dictionary<DeliveryLane, bool> _waitingLanes = [];
    private readonly Queue<Guid> _ring = new();
    private readonly HashSet<Guid> _onTurn = [];
    private readonly Dictionary<string, int> _busyChannels = new(StringComparer.Ordinal);
    private readonly Dictionary<(Guid, string), int> _busyTenants = [];
    private readonly Dictionary<DeliveryLane, int> _busyLanes = [];
    private TaskCompletionSource _change = NewChange();

    /// <summary>Completes at the next change; take it before <see cref="TryTake"/> to miss none.</summary>
    public Task Change
    {
        get
        {
            lock (_lock)
                return _change.Task;
        }
    }

    /// <summary>These lanes have, or may have, deliveries that are due. Lanes of channels this node lacks are left to others.</summary>
    public void Due(IEnumerable<DeliveryLane> lanes)
    {
        lock (_lock)
        {
            var added = false;
            foreach (var lane in lanes)
                added |= _policies.ContainsKey(lane.Channel) && Wait(lane, eagerly: true);
            if (added)
                SignalChange();
        }
    }

    /// <summary>The next tenant's turn; its places are taken until <see cref="Finish"/> and <see cref="Sent"/> give them back.</summary>
    public bool TryTake(out DeliveryTurn turn)
    {
        lock (_lock)
        {
            for (var left = _ring.Count; left > 0; left--)
            {
                var tenantId = _ring.Dequeue();
                if (TakesOf(tenantId) is { } takes)
                {
                    _onTurn.Add(tenantId);
                    turn = new DeliveryTurn(tenantId, takes);
                    return true;
                }
                _ring.Enqueue(tenantId);
            }
        }
        turn = null!;
        return false;
    }

    /// <summary>Ends the turn: gives back the places not used; a lane that gave all it was asked for may have more and waits again.</summary>
    public void Finish(DeliveryTurn turn, IReadOnlyDictionary<DeliveryLane, int> leased)
    {
        lock (_lock)
        {
            _onTurn.Remove(turn.TenantId);
            if (_waiting.ContainsKey(turn.TenantId))
                _ring.Enqueue(turn.TenantId);
            foreach (var (lane, take) in turn.Takes)
            {
                var got = leased.GetValueOrDefault(lane);
                Occupy(lane, got - take);
                if (got == take)
                    Wait(lane, eagerly: false);
            }
            SignalChange();
        }
    }

    /// <summary>One leased delivery is recorded; its place is free.</summary>
    public void Sent(DeliveryLane lane)
    {
        lock (_lock)
        {
            Occupy(lane, -1);
            SignalChange();
        }
    }

    private bool Wait(DeliveryLane lane, bool eagerly)
    {
        if (!_waitingLanes.TryAdd(lane, eagerly))
        {
            var changed = eagerly && !_waitingLanes[lane];
            _waitingLanes[lane] |= eagerly;
            return changed;
        }
        if (!_waiting.TryGetValue(lane.TenantId, out var lanes))
        {
            _waiting[lane.TenantId] = lanes = new Queue<DeliveryLane>();
            if (!_onTurn.Contains(lane.TenantId))
                _ring.Enqueue(lane.TenantId);
        }
        lanes.Enqueue(lane);
        return true;
    }

    private Dictionary<DeliveryLane, int>? TakesOf(Guid tenantId)
    {
        Dictionary<DeliveryLane, int>? takes = null;
        var room = MaxPerTurn;
        var waiting = _waiting[tenantId];
        for (var left = waiting.Count; left > 0 && room > 0; left--)
        {
            var lane = waiting.Dequeue();
            var take = Math.Min(room, FreePlaces(lane));
            if (take <= 0)
            {
                waiting.Enqueue(lane);
                continue;
            }
            _waitingLanes.Remove(lane);
            (takes ??= [])[lane] = take;
            room -= take;
            Occupy(lane, take);
        }
        if (waiting.Count == 0)
            _waiting.Remove(tenantId);
        return takes;
    }

    private int FreePlaces(DeliveryLane lane)
    {
        var policy = _policies[lane.Channel];
        var ofLane = policy.ConcurrencyPerLane - _busyLanes.GetValueOrDefault(lane);
        if (!_waitingLanes[lane] && ofLane < policy.ConcurrencyPerLane / 2)
            return 0;
        var free = Math.Min(policy.Concurrency - _busyChannels.GetValueOrDefault(lane.Channel),
            Math.Min(policy.ConcurrencyPerTenant - _busyTenants.GetValueOrDefault((lane.TenantId, lane.Channel)), ofLane));
        return policy.HasPlaceForEachLane && !_busyLanes.ContainsKey(lane) ? Math.Max(1, free) : free;
    }

    private void Occupy(DeliveryLane lane, int places)
    {
        Add(_busyChannels, lane.Channel, places);
        Add(_busyTenants, (lane.TenantId, lane.Channel), places);
        Add(_busyLanes, lane, places);
    }

    private static void Add<TKey>(Dictionary<TKey, int> busy, TKey key, int places) where TKey : notnull
    {
        var now = busy.GetValueOrDefault(key) + places;
        if (now == 0)
            busy.Remove(key);
        else
            busy[key] = now;
    }

    private void SignalChange()
    {
        var changed = _change;
        _change = NewChange();
        changed.SetResult();
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
