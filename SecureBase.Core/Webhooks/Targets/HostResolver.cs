using System.Net;
using System.Net.Sockets;

namespace SecureBase.Core.Webhooks.Targets;

/// <summary>So many names are being looked up that this one was not: no fault of the name, and a matter of seconds.</summary>
public sealed class LookUpsExhaustedException() : Exception("Too many names are being looked up right now.");

/// <summary>
/// Looks up hosts for webhooks. Hosts belong to customers, and so do the name servers that may never answer, and a look-up that has begun cannot be
/// stopped: so a tenant has a bounded number under way, all tenants together have another, and names that are only checked when they are entered
/// take no place from those that are delivered to. A tenant's host is looked up once at a time however many ask.
/// </summary>
public sealed class HostResolver(ResolveHost lookUp)
{
    /// <summary>Look-ups of one tenant, and of all, for attempts.</summary>
    internal const int MaxOfTenant = 32;
    internal const int MaxAtOnce = 512;

    /// <summary>The same for names that are entered.</summary>
    internal const int MaxEnteredOfTenant = 4;
    internal const int MaxEnteredAtOnce = 32;

    private readonly Places _attempts = new(lookUp, MaxOfTenant, MaxAtOnce);
    private readonly Places _entered = new(lookUp, MaxEnteredOfTenant, MaxEnteredAtOnce);

    /// <summary>For a request that is about to be sent.</summary>
    /// <exception cref="SocketException">The name has no address, or its name servers do not answer.</exception>
    /// <exception cref="LookUpsExhaustedException">Every place is taken.</exception>
    /// <exception cref="OperationCanceledException">The caller no longer waits; the look-up goes on and serves whoever asks next.</exception>
    public Task<IPAddress[]> ResolveAsync(Guid tenantId, string host, CancellationToken ct) => _attempts.ResolveAsync(tenantId, host, ct);

    /// <summary>For a name somebody enters.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public Task<IPAddress[]> ResolveEnteredAsync(Guid tenantId, string host, CancellationToken ct) => _entered.ResolveAsync(tenantId, host, ct);

    /// <summary>By the operating system, which takes its own time whatever a token says: on a thread of its own instead of one that serves requests.</summary>
    internal static Task<IPAddress[]> AskSystemAsync(string host, CancellationToken ct) =>
        Task.Factory.StartNew(() => Dns.GetHostAddresses(host), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed class Places(ResolveHost lookUp, int ofTenant, int atOnce)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<(Guid TenantId, string Host), TaskCompletionSource<IPAddress[]>> _underWay = [];
        private readonly Dictionary<Guid, int> _taken = [];

        public Task<IPAddress[]> ResolveAsync(Guid tenantId, string host, CancellationToken ct)
        {
            var key = (tenantId, host.ToUpperInvariant());
            TaskCompletionSource<IPAddress[]>? asked;
            lock (_lock)
            {
                if (_underWay.TryGetValue(key, out asked))
                    return asked.Task.WaitAsync(ct);
                var taken = _taken.GetValueOrDefault(tenantId);
                if (taken >= ofTenant || _underWay.Count >= atOnce)
                    return Task.FromException<IPAddress[]>(new LookUpsExhaustedException());
                _taken[tenantId] = taken + 1;
                _underWay[key] = asked = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            _ = LookUpAsync(key, host, asked);
            return asked.Task.WaitAsync(ct);
        }

        private async Task LookUpAsync((Guid TenantId, string) key, string host, TaskCompletionSource<IPAddress[]> asked)
        {
            try
            {
                var addresses = await lookUp(host, CancellationToken.None);
                Leave(key);
                asked.SetResult(addresses);
            }
            catch (Exception failure)
            {
                Leave(key);
                asked.SetException(failure);
            }
        }

        private void Leave((Guid TenantId, string) key)
        {
            lock (_lock)
            {
                _underWay.Remove(key);
                if (--_taken[key.TenantId] == 0)
                    _taken.Remove(key.TenantId);
            }
        }
    }
}
