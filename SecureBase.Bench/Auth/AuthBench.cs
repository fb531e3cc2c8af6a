using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Bench.Auth;

/// <summary>
/// What key, tenant, rate limit and permission cost a request: reading a ticket through the portal's door against the same route beside
/// it, in the same process, in turn. Then what a tenant that is over its limit and does not stop costs another.
/// </summary>
internal static class AuthBench
{
    private const int Concurrency = 16;
    private const int Rounds = 7;
    private const int RefusedPerSecond = 500;
    private const double Aim = 1.3;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(CancellationToken ct)
    {
        await using var database = await BenchDatabase.CreateAsync(ct);
        var (tenant, key) = await TenantAsync(database, "bench", requestsPerHour: 1_000_000_000, ct);
        var (_, greedy) = await TenantAsync(database, "greedy", requestsPerHour: 100, ct);
        var person = await database.RunAsync(tenant, async s => (Result<Guid>)await s.GetRequiredService<SecureBaseDb>().ApiKeys.Select(k => k.ServicePersonId).SingleAsync(ct));
        var ticket = await database.RunAsync(tenant, s => s.GetRequiredService<TicketService>().OpenAsync(new OpenTicket { Subject = "Peering drops", Description = "Since **08:40** the peering drops." }, ct),
            new Actor(tenant.Id, person, "bench", ActorKind.Customer, Roles.Admin));

        var settings = PortalSettings.For(database).Concat(AuthServer.Settings(tenant, person)).ToDictionary();
        await using var portal = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "SecureBase.Bench.dll"), ["auth-server"], settings, ct);
        using var client = Http.Client(portal.Port, Concurrency);
        var target = new Target(client, portal, Concurrency);
        await DoorAsync(target, () => Read($"http://bench.localhost/v1/support/tickets/{ticket.Id}", key), () => Read($"http://bench.localhost{AuthServer.Bare}/v1/support/tickets/{ticket.Id}", null), ct);
        await NeighbourAsync(target, () => Read($"http://bench.localhost/v1/support/tickets/{ticket.Id}", key), () => Read("http://greedy.localhost/v1/support/tickets", greedy), ct);
    }

    private static async Task DoorAsync(Target target, Func<HttpRequestMessage> full, Func<HttpRequestMessage> bare, CancellationToken ct)
    {
        var warmUps = (Full: await target.WarmUpAsync(full, Length, ct), Bare: await target.WarmUpAsync(bare, Length, ct));
        List<(Load Full, Load Bare)> rounds = [];
        for (var i = 0; i < Rounds; i++)
            rounds.Add((await target.RunAsync(full, Length, ct), await target.RunAsync(bare, Length, ct)));
        var cost = rounds.Select(r => r.Full.CpuMilliseconds / r.Bare.CpuMilliseconds).ToArray();
        var time = rounds.Select(r => r.Bare.PerSecond / r.Full.PerSecond).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"auth: reading a ticket, {Concurrency} concurrent, {Rounds} rounds of {Length.TotalSeconds:0} s each, with and without key, tenant, rate limit and permission in turn"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"auth processor time a request: {Figures.Median(rounds.Select(r => r.Full.CpuMilliseconds)):F3} ms against {Figures.Median(rounds.Select(r => r.Bare.CpuMilliseconds)):F3} ms, ratio {Figures.Median(cost):F2} (min {cost.Min():F2}, max {cost.Max():F2}; aim ≤ {Aim:F1})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"auth time a request: {Figures.Median(rounds.Select(r => r.Full.PerSecond)):F0}/s against {Figures.Median(rounds.Select(r => r.Bare.PerSecond)):F0}/s, ratio {Figures.Median(time):F2} (min {time.Min():F2}, max {time.Max():F2}; aim ≤ {Aim:F1}); warm after {warmUps.Full} and {warmUps.Bare} rounds"));
    }

    private static async Task NeighbourAsync(Target target, Func<HttpRequestMessage> served, Func<HttpRequestMessage> refused, CancellationToken ct)
    {
        using var client = Http.Client(target.Server.Port, 4);
        for (var i = 0; i < 150; i++)
            await SendAsync(client, refused, null, ct);
        List<(Load Alone, Load Beside)> rounds = [];
        for (var i = 0; i < Rounds; i++)
        {
            var alone = await target.RunAsync(served, Length, ct);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var hammering = HammerAsync(client, refused, stop.Token);
            var beside = await target.RunAsync(served, Length, ct);
            await stop.CancelAsync();
            await hammering;
            rounds.Add((alone, beside));
        }
        var throughput = rounds.Select(r => r.Beside.PerSecond / r.Alone.PerSecond).ToArray();
        var latency = rounds.Select(r => r.Beside.P95Milliseconds / r.Alone.P95Milliseconds).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"auth neighbour: {Figures.Median(rounds.Select(r => r.Beside.PerSecond)):F0}/s beside a tenant over its limit that sends {RefusedPerSecond}/s more, against {Figures.Median(rounds.Select(r => r.Alone.PerSecond)):F0}/s alone, ratio {Figures.Median(throughput):F2} (min {throughput.Min():F2}, max {throughput.Max():F2}); p95 ratio {Figures.Median(latency):F2} (min {latency.Min():F2}, max {latency.Max():F2})"));
    }

    /// <summary>Sends at a steady pace until stopped; every answer must be a refusal.</summary>
    private static async Task HammerAsync(HttpMessageInvoker client, Func<HttpRequestMessage> request, CancellationToken stop)
    {
        const int Batch = 10;
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1_000.0 * Batch / RefusedPerSecond));
        try
        {
            while (await pace.WaitForNextTickAsync(stop))
                await Task.WhenAll(Enumerable.Range(0, Batch).Select(_ => SendAsync(client, request, HttpStatusCode.TooManyRequests, stop)));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Enough.
        }
    }

    private static async Task SendAsync(HttpMessageInvoker client, Func<HttpRequestMessage> request, HttpStatusCode? expected, CancellationToken ct)
    {
        using var message = request();
        using var response = await client.SendAsync(message, ct);
        await response.Content.ReadAsByteArrayAsync(ct);
        if (expected is { } status && response.StatusCode != status)
            throw new InvalidOperationException($"{(int)response.StatusCode} instead of {(int)status}.");
    }

    private static async Task<(TenantInfo Tenant, string Key)> TenantAsync(BenchDatabase database, string slug, int requestsPerHour, CancellationToken ct)
    {
        var tenant = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().CreateAsync(new NewTenant(slug, slug, Plan.Government, "Etc/UTC"), ct));
        await database.AgreeAsync(tenant, requestsPerHour, ct);
        var key = await database.RunAsync(tenant, s => s.GetRequiredService<ApiKeyService>().CreateAsync(new NewApiKey { Name = "bench", Scopes = ["tickets:read"] }, ct));
        return (tenant, key.Text);
    }

    private static HttpRequestMessage Read(string address, string? key) => new(HttpMethod.Get, address)
    {
        Headers = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };
}
