using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Access;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Bench.Api;

/// <summary>
/// Ticket create and list at 32 concurrent: the portal against <see cref="BareServer"/> on the same database, in turn, so
/// that a drift of the machine's speed meets both. The ratio is the median over the rounds.
/// </summary>
internal static class ApiBench
{
    private const int Concurrency = 32;
    private const int Rounds = 5;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);
    // The runtime compiles hot code anew in the background, and waits with it while new code is still arriving.
    private static readonly TimeSpan ToCompile = TimeSpan.FromSeconds(1);
    private const int FewestWarmUps = 10;
    private const int MostWarmUps = 30;
    private const double Steady = 0.05;

    public static async Task RunAsync(CancellationToken ct)
    {
        await using var database = await BenchDatabase.CreateAsync(ct);
        var tenant = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().CreateAsync(new NewTenant("bench", "Bench", Plan.Government, "Etc/UTC"), ct));
        var key = await database.RunAsync(tenant, s => s.GetRequiredService<ApiKeyService>().CreateAsync(new NewApiKey { Name = "bench", Scopes = ["tickets:read", "tickets:write"] }, ct));

        await using var portal = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "SecureBase.Portal.dll"), [], PortalSettings.For(database), ct);
        await using var bare = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "SecureBase.Bench.dll"), ["bare-server"],
            new Dictionary<string, string> { ["BARE_DATABASE"] = database.Connections.App }, ct);
        using var toPortal = Http.Client(portal.Port, Concurrency);
        using var toBare = Http.Client(bare.Port, Concurrency);

        Console.WriteLine($"api: {Concurrency} concurrent, {Rounds} rounds of {Length.TotalSeconds:0} s each, portal and bare endpoint in turn");
        await CompareAsync("create", () => Create(key.Text), (toPortal, portal), (toBare, bare), ct);
        await CompareAsync("list", () => List(key.Text), (toPortal, portal), (toBare, bare), ct);
    }

    private static async Task CompareAsync(string name, Func<HttpRequestMessage> request, (HttpMessageInvoker Client, ServerProcess Server) portal, (HttpMessageInvoker Client, ServerProcess Server) bare, CancellationToken ct)
    {
        var warmUps = (Portal: await WarmUpAsync(portal, request, ct), Bare: await WarmUpAsync(bare, request, ct));
        List<(Load Portal, Load Bare)> rounds = [];
        for (var i = 0; i < Rounds; i++)
            rounds.Add((await LoadAsync(portal, request, ct), await LoadAsync(bare, request, ct)));
        var ratios = rounds.Select(r => r.Portal.PerSecond / r.Bare.PerSecond).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"api {name}: portal {Figures.Median(rounds.Select(r => r.Portal.PerSecond)):F0}/s, bare {Figures.Median(rounds.Select(r => r.Bare.PerSecond)):F0}/s, ratio {Figures.Median(ratios):F2} (min {ratios.Min():F2}, max {ratios.Max():F2}; aim ≥ 0.5); processor time a request {Figures.Median(rounds.Select(r => r.Portal.CpuMilliseconds)):F2} ms against {Figures.Median(rounds.Select(r => r.Bare.CpuMilliseconds)):F2} ms; warm after {warmUps.Portal} and {warmUps.Bare} rounds"));
    }

    /// <summary>Loads until three rounds in a row have used no less processor time a request than the best before, within <see cref="Steady"/>.</summary>
    private static async Task<int> WarmUpAsync((HttpMessageInvoker Client, ServerProcess Server) to, Func<HttpRequestMessage> request, CancellationToken ct)
    {
        var (best, steady) = (double.MaxValue, 0);
        for (var round = 1; ; round++)
        {
            var cost = (await LoadAsync(to, request, ct)).CpuMilliseconds;
            await Task.Delay(ToCompile, ct);
            steady = cost > best * (1 - Steady) ? steady + 1 : 0;
            best = Math.Min(best, cost);
            if ((steady >= 3 && round >= FewestWarmUps) || round == MostWarmUps)
                return round;
        }
    }

    private static async Task<Load> LoadAsync((HttpMessageInvoker Client, ServerProcess Server) to, Func<HttpRequestMessage> request, CancellationToken ct)
    {
        var done = 0;
        var cpu = to.Server.Cpu;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(began) < Length)
            {
                using var message = request();
                using var response = await to.Client.SendAsync(message, ct);
                var body = await response.Content.ReadAsByteArrayAsync(ct);
                if (!response.IsSuccessStatusCode)
                    throw new InvalidOperationException($"{(int)response.StatusCode}: {Encoding.UTF8.GetString(body)}");
                Interlocked.Increment(ref done);
            }
        }, ct)));
        return new Load(done / Stopwatch.GetElapsedTime(began).TotalSeconds, (to.Server.Cpu - cpu).TotalMilliseconds / done);
    }

    private sealed record Load(double PerSecond, double CpuMilliseconds);

    private static HttpRequestMessage Create(string key) => new(HttpMethod.Post, "http://api.localhost/v1/support/tickets")
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        Content = new StringContent("""{"subject":"Peering drops every twenty minutes","description":"Since **08:40** the peering drops.","priority":"high"}""", Encoding.UTF8, "application/json"),
    };

    private static HttpRequestMessage List(string key) => new(HttpMethod.Get, "http://api.localhost/v1/support/tickets?limit=25")
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };
}
