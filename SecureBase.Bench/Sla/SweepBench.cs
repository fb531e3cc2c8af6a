using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Bench.Sla;

/// <summary>
/// A node over <see cref="OpenTickets"/> that answers the API and tells breaches: how long each breach waits, and what the telling costs
/// the API. Rounds in which nothing is due and rounds in which clocks run out as they would if all did within an hour, and within ten
/// minutes, in turn; then one tenant has a backlog of thousands at one instant while the others' clocks go on.
/// </summary>
internal static class SweepBench
{
    private const int Tenants = 200;
    private const int Tickets = 100_000;
    private const int Rounds = 3;
    private const int Callers = 4;
    private const int CyclesInBacklog = 20;
    private const double LimitSeconds = 5;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan[] AllWithin = [TimeSpan.FromHours(1), TimeSpan.FromMinutes(10)];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);

    // Far below what the node could take: the question is how long an answer takes, not how many there are.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(CancellationToken ct)
    {
        await using var database = await BenchDatabase.CreateAsync(ct);
        var tenant = await database.RunAsync(null, s => s.GetRequiredService<TenantService>().CreateAsync(new NewTenant("bench", "Bench", Plan.Government, "Etc/UTC"), ct));
        await database.AgreeAsync(tenant, requestsPerHour: 1_000_000_000, ct);
        var key = await database.RunAsync(tenant, s => s.GetRequiredService<ApiKeyService>().CreateAsync(new NewApiKey { Name = "bench", Scopes = ["tickets:read"] }, ct));
        var person = await database.RunAsync(tenant, s => s.GetRequiredService<PeopleService>().AddAsync(new NewPerson("ada@bench.test", "Ada Customer", Roles.Admin, "Copper-Lantern-27!"), ct));
        var ticket = await database.RunAsync(tenant, s => s.GetRequiredService<TicketService>().OpenAsync(new OpenTicket { Subject = "Peering drops", Priority = TicketPriority.Low }, ct),
            new Actor(tenant.Id, person.Id, person.Name, ActorKind.Customer, Roles.Admin));
        await using var tickets = await OpenTickets.FillAsync(database.Connections.Owner!, ticket.Id, Tenants, Tickets, ct);

        await using var portal = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "SecureBase.Portal.dll"), [], PortalSettings.For(database), ct);
        using var client = Http.Client(portal.Port, Callers);
        var (all, since) = (0, DateTimeOffset.MinValue);
        // A node that has just started compiles while it sweeps: its breaches count, its answers do not.
        await RunOutAsync(WarmUp, AllWithin[0]);
        var warm = tickets.WatchAsync(WarmUp, ct);
        await P95Async(client, key.Text, WarmUp, ct);
        await warm;
        await ReportAsync("while the node is warming up");

        foreach (var pace in AllWithin)
        {
            List<(double Without, double With, double Ratio)> rounds = [];
            for (var i = 0; i < Rounds; i++)
            {
                var without = await P95Async(client, key.Text, Length, ct);
                await RunOutAsync(Length, pace);
                var watched = tickets.WatchAsync(Length, ct);
                var with = await P95Async(client, key.Text, Length, ct);
                await watched;
                rounds.Add((without, with, with / without));
            }
            Print($"sweep over {Tickets:N0} open tickets in {Tenants:N0} tenants: API p95 {Figures.Median(rounds.Select(r => r.With)):F2} ms while {Tickets / pace.TotalSeconds:F0} clocks a second run out, {Figures.Median(rounds.Select(r => r.Without)):F2} ms while none does, ratio {Figures.Median(rounds.Select(r => r.Ratio)):F2} (median of {rounds.Count} rounds, {rounds.Min(r => r.Ratio):F2} to {rounds.Max(r => r.Ratio):F2})");
            await ReportAsync($"with all within {pace.TotalMinutes:F0} minutes");
        }

        var backlog = await tickets.AddBacklogAsync(tenant.Id, CyclesInBacklog, ct);
        await RunOutAsync(Length, AllWithin[^1], besides: tenant.Id);
        var began = Stopwatch.GetTimestamp();
        await tickets.WatchAsync(Length, ct);
        var took = Stopwatch.GetElapsedTime(began);
        await ReportAsync(string.Create(CultureInfo.InvariantCulture, $"beside a backlog of {backlog:N0} in one tenant, which was told within {took.TotalSeconds:F0} s"));

        async Task RunOutAsync(TimeSpan over, TimeSpan pace, Guid? besides = null)
        {
            var count = (int)(Tickets * (over / pace));
            await tickets.RunOutAsync(count, over, besides, ct);
            all += count;
        }

        async Task ReportAsync(string when)
        {
            var told = await tickets.ToldAsync(since, ct);
            since = TimeProvider.System.GetUtcNow();
            Print($"sweep {when}: {told.Told:N0} breaches told, after they were due by {told.Median:F2} s in the median, {told.P99:F2} s in the 99th percentile, {told.Latest:F2} s at the latest (limit {LimitSeconds:F0} s)");
            Check(told.Told == all, $"{told.Told} breaches were told of {all}.");
            Check(told.Latest <= LimitSeconds, "A breach was told too late.");
            all = 0;
        }

        static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

        static void Check(bool holds, string otherwise)
        {
            if (!holds)
                throw new InvalidOperationException(otherwise);
        }
    }

    /// <summary>The 95th percentile of the time an answer takes, in milliseconds, at a steady pace.</summary>
    private static async Task<double> P95Async(HttpMessageInvoker client, string key, TimeSpan length, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            List<double> mine = [];
            using var pace = new PeriodicTimer(Pace);
            while (Stopwatch.GetElapsedTime(began) < length && await pace.WaitForNextTickAsync(ct))
            {
                var sent = Stopwatch.GetTimestamp();
                using var request = new HttpRequestMessage(HttpMethod.Get, "http://api.localhost/v1/support/tickets?limit=25") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
                using var response = await client.SendAsync(request, ct);
                var body = await response.Content.ReadAsByteArrayAsync(ct);
                if (!response.IsSuccessStatusCode)
                    throw new InvalidOperationException($"{(int)response.StatusCode}: {Encoding.UTF8.GetString(body)}");
                mine.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
            return mine;
        }, ct)));
        return Figures.Quantile(times.SelectMany(t => t), 0.95);
    }
}
