using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Publishing;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Core.Webhooks;

namespace SecureBase.Bench.Chaos;

/// <summary>
/// Two nodes on a PostgreSQL of their own, programs that publish events through them, and a hostile receiver; meanwhile nodes and database are
/// ended by <c>kill -9</c>, one, several or all at a time, and started again. Afterwards every delivery is accounted for.
/// </summary>
internal sealed class ChaosStorm : IAsyncDisposable
{
    private static readonly string Portal = Path.Combine(AppContext.BaseDirectory, "SecureBase.Portal.dll");
    private const int Nodes = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly ChaosPlan _plan;
    private readonly BenchDatabase _database;
    private readonly ChaosReceiver _receiver;
    private readonly ChaosLedger _ledger;
    private readonly List<ServerProcess> _nodes = [];
    private readonly Dictionary<string, string> _settings;
    private readonly int[] _kills = new int[2];
    private ChaosWriters _writers = null!;

    private ChaosStorm(ChaosPlan plan, BenchDatabase database, ChaosReceiver receiver)
    {
        (_plan, _database, _receiver, _ledger) = (plan, database, receiver, new ChaosLedger(database.Connections.Owner!));
        _settings = new(PortalSettings.For(database).Concat(ChaosPlan.Settings)) { ["SecureBase__DataDirectory"] = database.NodeFolder };
    }

    /// <exception cref="TimeoutException">Nothing moves any more: what is missing was lost.</exception>
    public static async Task<ChaosVerdict> RunAsync(ChaosPlan plan, CancellationToken ct)
    {
        await using var storm = new ChaosStorm(plan, await BenchDatabase.CreateAsync(ct), await ChaosReceiver.StartAsync(plan));
        await storm.PrepareAsync(ct);
        return await storm.RageAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        _writers?.Dispose();
        await _ledger.DisposeAsync();
        await _receiver.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task PrepareAsync(CancellationToken ct)
    {
        var provider = await _database.RunAsync(null, s => s.GetRequiredService<TenantService>().EnsureOperatorAsync("SecureBase", "Etc/UTC", ct));
        await _database.AgreeAsync(provider, requestsPerHour: 1_000_000_000, ct);
        var key = await _database.RunAsync(provider, s => s.GetRequiredService<ApiKeyService>().CreateAsync(new NewApiKey { Name = "metering", Scopes = ["events:publish"] }, ct));
        List<TenantInfo> tenants = [];
        for (var i = 0; i < ChaosPlan.Tenants; i++)
        {
            var slug = string.Create(CultureInfo.InvariantCulture, $"storm-{i}");
            tenants.Add(await _database.RunAsync(null, s => s.GetRequiredService<TenantService>().CreateAsync(new NewTenant(slug, slug, Plan.Government, "Etc/UTC"), ct)));
        }
        for (var endpoint = 0; endpoint < ChaosPlan.Endpoints; endpoint++)
        {
            var webhook = new NewWebhook { Url = _receiver.AddressOf(endpoint).AbsoluteUri, Events = [ProviderEventTypes.ThresholdExceeded.Name], Ordered = ChaosPlan.IsOrdered(endpoint) };
            var created = await _database.RunAsync(tenants[ChaosPlan.TenantOf(endpoint)], s => s.GetRequiredService<WebhookEndpointService>().CreateAsync(webhook, ct));
            _receiver.Secrets[endpoint] = Convert.FromBase64String(created.Secret["whsec_".Length..]);
        }

        // One after the other: the second finds the key ring that the first has made.
        for (var i = 0; i < Nodes; i++)
            _nodes.Add(await ServerProcess.StartAsync(Portal, [], _settings, ct));
        _writers = new ChaosWriters(_plan, tenants, [.. _nodes.Select(n => n.Port)], key.Text);
    }

    private async Task<ChaosVerdict> RageAsync(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = _ledger.WatchAsync(_receiver, over.Token);
        var writing = _writers.RunAsync(over.Token);
        var random = new Random(_plan.Seed);
        var portion = _plan.Deliveries / (_plan.Kills + 1);
        foreach (var (victims, after) in _plan.Strikes())
        {
            // Enough ahead that whoever is killed is at work.
            _writers.Allow((after + (2 * portion)) * ChaosPlan.Tenants / ChaosPlan.Endpoints);
            await UntilAsync(() => Task.FromResult(_receiver.Taken >= after), writing, ct);
            await StrikeAsync(victims, random, ct);
        }
        _writers.Allow(_plan.EventsOfATenant * ChaosPlan.Tenants);
        await UntilAsync(() => Task.FromResult(writing.IsCompleted), writing, ct);
        await writing;
        await UntilAsync(async () => _receiver.Taken >= _plan.Deliveries && await _ledger.PendingAsync(ct) is [0, 0], writing, ct);
        await over.CancelAsync();
        await watching;
        return await JudgeAsync(Stopwatch.GetElapsedTime(began), ct);
    }

    private async Task StrikeAsync(Victims victims, Random random, CancellationToken ct)
    {
        var nodes = victims.HasFlag(Victims.AllNodes) ? Enumerable.Range(0, _nodes.Count).ToList() : victims.HasFlag(Victims.OneNode) ? [random.Next(_nodes.Count)] : [];
        if (victims.HasFlag(Victims.Database))
        {
            int? server = null;
            await UntilAsync(() => Task.FromResult((server = _database.ServerProcess) is not null), Task.CompletedTask, ct);
            using var process = Process.GetProcessById(server!.Value);
            process.Kill();
            _kills[1]++;
        }
        foreach (var i in nodes)
        {
            await _nodes[i].KillAsync();
            await _nodes[i].DisposeAsync();
            _nodes[i] = ServerProcess.Launch(Portal, [], _settings, _nodes[i].Port);
            _kills[0]++;
        }
    }

    private async Task<ChaosVerdict> JudgeAsync(TimeSpan took, CancellationToken ct)
    {
        var (events, deliveries) = await _ledger.CloseAsync(ct);
        var (faults, shown, taken) = _receiver.Report();
        return new ChaosVerdict
        {
            Plan = _plan,
            Took = took,
            Events = events,
            Acknowledged = _writers.Acknowledged,
            // Recorded as delivered, and really there.
            Delivered = deliveries.Count(d => d.Status == "succeeded" && taken.Contains(d.Id)),
            Made = deliveries.Count,
            SentAgain = deliveries.Count(d => d.Status == "succeeded" && (d.Successes != 1 || d.SucceededAt != d.Attempts)),
            Faults = faults,
            Shown = shown,
            Interrupted = deliveries.Sum(d => d.Interrupted),
            Repeated = _receiver.Repeated,
            InterruptedPublications = _writers.Interrupted,
            NodesKilled = _kills[0],
            DatabasesKilled = _kills[1],
        };
    }

    /// <summary>Waits for as long as deliveries arrive, and a while longer.</summary>
    private async Task UntilAsync(Func<Task<bool>> come, Task writing, CancellationToken ct)
    {
        var (taken, since) = (_receiver.Taken, Stopwatch.GetTimestamp());
        while (!await come())
        {
            if (writing.IsFaulted)
                await writing;
            if (_receiver.Taken != taken)
                (taken, since) = (_receiver.Taken, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(since) > Patience)
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"Seed {_plan.Seed}: for {Patience.TotalSeconds:F0} s nothing has come; {taken} of {_plan.Deliveries} deliveries are there, {_writers.Acknowledged} events were acknowledged."));
            await Task.Delay(Look, ct);
        }
    }
}
