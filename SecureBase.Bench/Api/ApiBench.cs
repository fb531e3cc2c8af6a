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

    public static async Task RunAsync(CancellationToken ct)
    {
        await using var database = await BenchDatabase.CreateAsync(ct);
        var tenant = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().CreateAsync(new NewTenant("bench", "Bench", Plan.Government, "Etc/UTC"), ct));
        await database.AgreeAsync(tenant, requestsPerHour: 1_000_000_000, ct);
        var key = await database.RunAsync(tenant, s => s.GetRequiredService<ApiKeyService>().CreateAsync(new NewApiKey { Name = "bench", Scopes = ["tickets:read", "tickets:write"] }, ct));

        await using var portal = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "SecureBase.Portal.dll"), [], PortalSettings.For(database), ct);
        await using var bare = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "SecureBase.Bench.dll"), ["bare-server"],
            new Dictionary<string, string> { ["BARE_DATABASE"] = database.Connections.App }, ct);
        using var toPortal = Http.Client(portal.Port, Concurrency);
        using var toBare = Http.Client(bare.Port, Concurrency);

        Console.WriteLine($"api: {Concurrency} concurrent, {Rounds} rounds of {Length.TotalSeconds:0} s each, portal and bare endpoint in turn");
        var (ours, theirs) = (new Target(toPortal, portal, Concurrency), new Target(toBare, bare, Concurrency));
        await CompareAsync("create", () => Create(key.Text), ours, theirs, ct);
        await CompareAsync("list", () => List(key.Text), ours, theirs, ct);
    }

    private static async Task CompareAsync(string name, Func<HttpRequestMessage> request, Target portal, Target bare, CancellationToken ct)
    {
        var warmUps = (Portal: await portal.WarmUpAsync(request, Length, ct), Bare: await bare.WarmUpAsync(request, Length, ct));
        List<(Load Portal, Load Bare)> rounds = [];
        for (var i = 0; i < Rounds; i++)
            rounds.Add((await portal.RunAsync(request, Length, ct), await bare.RunAsync(request, Length, ct)));
        var ratios = rounds.Select(r => r.Portal.PerSecond / r.Bare.PerSecond).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"api {name}: portal {Figures.Median(rounds.Select(r => r.Portal.PerSecond)):F0}/s, bare {Figures.Median(rounds.Select(r => r.Bare.PerSecond)):F0}/s, ratio {Figures.Median(ratios):F2} (min {ratios.Min():F2}, max {ratios.Max():F2}; aim ≥ 0.5); processor time a request {Figures.Median(rounds.Select(r => r.Portal.CpuMilliseconds)):F2} ms against {Figures.Median(rounds.Select(r => r.Bare.CpuMilliseconds)):F2} ms; warm after {warmUps.Portal} and {warmUps.Bare} rounds"));
    }

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
