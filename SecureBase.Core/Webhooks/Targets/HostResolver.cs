using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SecureBase.Core.Webhooks.Targets;

/// <summary>
/// Looks up host names by the operating system, which takes its own time and one thread for each, whatever a token says. Hosts belong to customers, and
/// so do the name servers that may never answer: a look-up has a thread of its own instead of one that serves requests, a host is looked up once
/// at a time however many ask, and no more than <see cref="MaxAtOnce"/> are under way.
/// </summary>
internal sealed class HostResolver(Func<string, IPAddress[]> lookUp)
{
    internal const int MaxAtOnce = 128;

    private readonly ConcurrentDictionary<string, Lazy<Task<IPAddress[]>>> _underWay = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="SocketException">The name has no address, its name servers do not answer, or too many others' do not (<see cref="SocketError.TryAgain"/>).</exception>
    /// <exception cref="OperationCanceledException">The caller no longer waits; the look-up goes on and serves whoever asks next.</exception>
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        if (!_underWay.TryGetValue(host, out var asked))
        {
            if (_underWay.Count >= MaxAtOnce)
                return Task.FromException<IPAddress[]>(new SocketException((int)SocketError.TryAgain));
            asked = _underWay.GetOrAdd(host, new Lazy<Task<IPAddress[]>>(() => StartAsync(host)));
        }
        return asked.Value.WaitAsync(ct);
    }

    private Task<IPAddress[]> StartAsync(string host) => Task.Factory.StartNew(() =>
    {
        try
        {
            return lookUp(host);
        }
        finally
        {
            _underWay.TryRemove(host, out _);
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
