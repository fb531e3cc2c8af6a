using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SecureBase.Bench.Chaos;

/// <summary>
/// The customers' systems: a server that fails, stalls, resets and redirects by the plan, takes everything in the end, and notes whatever
/// should not have come.
/// </summary>
internal sealed class ChaosReceiver : IAsyncDisposable
{
    private const string Trap = "/elsewhere";

    private readonly ChaosPlan _plan;
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Received> _received = [];
    private readonly Dictionary<(int Endpoint, string Subject), (int Seen, int Taken)> _places = [];
    private readonly Dictionary<string, long> _recorded = [];
    private readonly List<string> _faults = [];
    private readonly int[] _behaviours = new int[Enum.GetValues<Behaviour>().Length];
    private int _taken;
    private int _repeated;

    private ChaosReceiver(ChaosPlan plan, WebApplication app) => (_plan, _app) = (plan, app);

    /// <summary>By endpoint; set before its first delivery.</summary>
    public ConcurrentDictionary<int, byte[]> Secrets { get; } = new();

    public Uri Address { get; private set; } = null!;

    /// <summary>Deliveries answered with 2xx, each once.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Requests of deliveries that had been answered with 2xx before: their success was not recorded, as when the sender was killed.</summary>
    public int Repeated => Volatile.Read(ref _repeated);

    public static async Task<ChaosReceiver> StartAsync(ChaosPlan plan)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new ChaosReceiver(plan, app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync();
        receiver.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return receiver;
    }

    public Uri AddressOf(int endpoint) => new(Address, string.Create(CultureInfo.InvariantCulture, $"/{endpoint}"));

    /// <summary>
    /// The success of these deliveries stands in the database: no request of theirs may be sent any more. One that was under way by then, as from a node
    /// that was killed, may still come.
    /// </summary>
    public void Recorded(IEnumerable<Guid> deliveries)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            foreach (var id in deliveries)
                _recorded.TryAdd(id.ToString(), now);
        }
    }

    /// <summary>What came that should not have, in words; how often each behaviour was shown; and the ids of what was taken.</summary>
    public (IReadOnlyList<string> Faults, IReadOnlyDictionary<Behaviour, int> Shown, IReadOnlySet<Guid> Taken) Report()
    {
        lock (_lock)
        {
            return ([.. _faults], Enum.GetValues<Behaviour>().ToDictionary(b => b, b => _behaviours[(int)b]), _received.Where(r => r.Value.Taken).Select(r => Guid.Parse(r.Key)).ToHashSet());
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        if (http.Request.Path == Trap || !int.TryParse(http.Request.Path.Value.AsSpan(1), CultureInfo.InvariantCulture, out var endpoint))
        {
            Fault($"A redirect to {http.Request.Path} was followed.");
            return;
        }
        switch (Judge(endpoint, http.Request.Headers, body.ToArray()))
        {
            case Behaviour.Take:
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case Behaviour.Fail:
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                break;
            case Behaviour.Redirect:
                http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                http.Response.Headers.Location = new Uri(Address, Trap).AbsoluteUri;
                break;
            case Behaviour.Reset:
                http.Abort();
                break;
            case Behaviour.Stall:
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
        }
    }

    private Behaviour Judge(int endpoint, IHeaderDictionary headers, byte[] body)
    {
        var (id, timestamp) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
        var (subject, place) = Read(body);
        byte[] content = [.. Encoding.ASCII.GetBytes($"{id}.{timestamp}."), .. body];
        var signed = Convert.ToBase64String(HMACSHA256.HashData(Secrets[endpoint], content));
        lock (_lock)
        {
            if (headers["webhook-signature"] != "v1," + signed)
                _faults.Add($"{id} was not signed as it should be.");
            if (_recorded.TryGetValue(id, out var recorded) && long.Parse(timestamp, CultureInfo.InvariantCulture) > recorded)
                _faults.Add($"{id} was sent again after its success was recorded.");
            if (!_received.TryGetValue(id, out var received))
                _received[id] = received = new Received(endpoint, subject, place);
            if ((received.Endpoint, received.Subject, received.Place) != (endpoint, subject, place))
                _faults.Add($"{id} came with another event than before.");
            if (ChaosPlan.IsOrdered(endpoint))
                CheckOrder(endpoint, subject, place);
            var behaviour = received.Taken ? Behaviour.Take : _plan.BehaviourOf(endpoint, subject, place, received.Requests);
            received.Requests++;
            _behaviours[(int)behaviour]++;
            if (behaviour == Behaviour.Take && received.Taken)
                _repeated++;
            if (behaviour == Behaviour.Take && !received.Taken)
                Take(received);
            return behaviour;
        }
    }

    private void Take(Received received)
    {
        received.Taken = true;
        var (seen, taken) = _places.GetValueOrDefault((received.Endpoint, received.Subject));
        _places[(received.Endpoint, received.Subject)] = (seen, Math.Max(taken, received.Place));
        _taken++;
    }

    // A later one may only come once all before it were taken, and none of them after it.
    private void CheckOrder(int endpoint, string subject, int place)
    {
        var (seen, taken) = _places.GetValueOrDefault((endpoint, subject));
        if (place > taken + 1)
            _faults.Add($"Out of order: event {place} of {subject} came to endpoint {endpoint} when {taken} were taken.");
        if (place < seen)
            _faults.Add($"Out of order: event {place} of {subject} came to endpoint {endpoint} after event {seen}.");
        _places[(endpoint, subject)] = (Math.Max(seen, place), taken);
    }

    private void Fault(string fault)
    {
        lock (_lock)
            _faults.Add(fault);
    }

    private static (string Subject, int Place) Read(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var data = json.RootElement.GetProperty("data");
        return (data.GetProperty("metric").GetString()!, data.GetProperty("used").GetInt32());
    }

    private sealed class Received(int endpoint, string subject, int place)
    {
        public int Endpoint => endpoint;
        public string Subject => subject;
        public int Place => place;
        public int Requests { get; set; }
        public bool Taken { get; set; }
    }
}
