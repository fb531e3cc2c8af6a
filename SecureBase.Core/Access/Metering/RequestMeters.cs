using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access.Metering;

/// <summary>Which limit a request meets.</summary>
public enum Quota { Tenant, Key, Burst }

/// <summary>Whether a request goes on, and how its limits stand.</summary>
/// <param name="RefusedBy">The limit that refuses it; null when it goes on.</param>
/// <param name="Nearest">The limit that is nearest to its end, or that refuses.</param>
/// <param name="Standing">How that limit stands.</param>
public readonly record struct Admission(Quota? RefusedBy, Quota Nearest, Standing Standing, int TenantLimit, int? KeyLimit, int BurstLimit);

/// <summary>
/// Counts the API's requests on this node: by key in short bursts, by key and by tenant in the hour, which all nodes share through
/// leases. Neither a request within its limits nor a refused one asks the database for itself.
/// </summary>
public sealed class RequestMeters(AllowanceStore store, IOptions<RequestLimitOptions> options, TimeProvider clock)
{
    private readonly ConcurrentDictionary<Guid, Allowance> _allowances = new();
    private readonly ConcurrentDictionary<Guid, KeyMeter> _keys = new();

    internal IEnumerable<KeyMeter> Keys => _keys.Values;

    /// <summary>Counts one request of the key.</summary>
    /// <exception cref="AllowanceUnavailableException">The database does not answer, and this node has nothing left of its lease.</exception>
    public ValueTask<Admission> AdmitAsync(TenantInfo tenant, LiveApiKey key, IPAddress? from, CancellationToken ct)
    {
        var meter = Meter(key);
        meter.Use(clock.GetUtcNow(), from);
        var limits = new Limits(tenant.Limits.ApiRequestsPerHour, key.RequestsPerHour, options.Value.BurstOf(tenant.Limits.ApiRequestsPerHour));
        if (!meter.Burst.TryTake(limits.Burst, RequestLimitOptions.BurstWindow, out var wait))
            return ValueTask.FromResult(limits.Decide(Quota.Burst, Quota.Burst, new Standing(limits.Burst, 0, wait)));
        var ofTenant = OfSubject(tenant.Id, tenant.Id);
        if (limits.Key is { } own)
            return AdmitAsync(OfSubject(tenant.Id, key.Id), own, ofTenant, limits, ct);
        var taking = ofTenant.TakeAsync(limits.Tenant, ct);
        return taking.IsCompletedSuccessfully ? ValueTask.FromResult(Decide(taking.Result, ofTenant, limits)) : AdmitAsync(taking, ofTenant, limits);
    }

    /// <summary>Notes that the key was used for something that is not counted.</summary>
    public void NoteUse(LiveApiKey key, IPAddress? from) => Meter(key).Use(clock.GetUtcNow(), from);

    /// <summary>Lets other nodes have what this one does not need, and forgets what nobody has used for an hour.</summary>
    /// <param name="all">Whether to give back everything, because this node stops.</param>
    internal async Task SettleAsync(bool all, CancellationToken ct)
    {
        foreach (var (subject, allowance) in _allowances)
        {
            await allowance.SettleAsync(all, ct);
            if (allowance.IsIdle)
                _allowances.TryRemove(subject, out _);
        }
        foreach (var (id, meter) in _keys)
        {
            if (!meter.HasUnwritten && clock.GetUtcNow() - meter.UsedAt > Allowance.Window)
                _keys.TryRemove(id, out _);
        }
    }

    private async ValueTask<Admission> AdmitAsync(ValueTask<bool> taking, Allowance ofTenant, Limits limits) => Decide(await taking, ofTenant, limits);

    private async ValueTask<Admission> AdmitAsync(Allowance ofKey, int keysOwn, Allowance ofTenant, Limits limits, CancellationToken ct)
    {
        var takenAt = clock.GetUtcNow();
        if (!await ofKey.TakeAsync(keysOwn, ct))
            return limits.Decide(Quota.Key, Quota.Key, ofKey.Stand(clock.GetUtcNow()));
        var taken = false;
        try
        {
            taken = await ofTenant.TakeAsync(limits.Tenant, ct);
        }
        finally
        {
            if (!taken)
                ofKey.PutBack(takenAt);
        }
        var byTenant = Decide(taken, ofTenant, limits);
        return taken && ofKey.Stand(clock.GetUtcNow()) is var byKey && byKey.Remaining < byTenant.Standing.Remaining ? limits.Decide(null, Quota.Key, byKey) : byTenant;
    }

    private Admission Decide(bool taken, Allowance ofTenant, Limits limits) => limits.Decide(taken ? null : Quota.Tenant, Quota.Tenant, ofTenant.Stand(clock.GetUtcNow()));

    private KeyMeter Meter(LiveApiKey key) => _keys.TryGetValue(key.Id, out var known) ? known : _keys.GetOrAdd(key.Id, _ => new KeyMeter(key.TenantId, key.Id, clock));

    private Allowance OfSubject(Guid tenantId, Guid subjectId) =>
        _allowances.TryGetValue(subjectId, out var known) ? known : _allowances.GetOrAdd(subjectId, _ => new Allowance(tenantId, subjectId, store, clock));

    private readonly record struct Limits(int Tenant, int? Key, int Burst)
    {
        internal Admission Decide(Quota? refusedBy, Quota nearest, Standing standing) => new(refusedBy, nearest, standing, Tenant, Key, Burst);
    }
}
