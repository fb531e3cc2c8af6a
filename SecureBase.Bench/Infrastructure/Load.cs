using System.Diagnostics;
using System.Net;
using System.Text;

namespace SecureBase.Bench.Infrastructure;

/// <summary>What a round of load achieved.</summary>
/// <param name="CpuMilliseconds">Processor time of the server's process a request.</param>
/// <param name="P95Milliseconds">Of the time from sending to the last byte.</param>
internal sealed record Load(double PerSecond, double CpuMilliseconds, double P95Milliseconds);

/// <summary>A server, and as many callers of it as it has connections.</summary>
internal sealed record Target(HttpMessageInvoker Client, ServerProcess Server, int Concurrency)
{
    // The runtime compiles hot code anew in the background, and waits with it while new code is still arriving.
    private static readonly TimeSpan ToCompile = TimeSpan.FromSeconds(1);
    private const int FewestWarmUps = 10;
    private const int MostWarmUps = 30;
    private const double Steady = 0.05;

    /// <summary>Sends requests for a time, each caller one after the other.</summary>
    public async Task<Load> RunAsync(Func<HttpRequestMessage> request, TimeSpan length, CancellationToken ct, HttpStatusCode? expected = null)
    {
        var cpu = Server.Cpu;
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => Task.Run(async () =>
        {
            List<double> mine = [];
            while (Stopwatch.GetElapsedTime(began) < length)
            {
                var sent = Stopwatch.GetTimestamp();
                using var message = request();
                using var response = await Client.SendAsync(message, ct);
                var body = await response.Content.ReadAsByteArrayAsync(ct);
                if (expected is { } status ? response.StatusCode != status : !response.IsSuccessStatusCode)
                    throw new InvalidOperationException($"{(int)response.StatusCode}: {Encoding.UTF8.GetString(body)}");
                mine.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
            return mine;
        }, ct)));
        var all = times.SelectMany(t => t).ToArray();
        return new Load(all.Length / Stopwatch.GetElapsedTime(began).TotalSeconds, (Server.Cpu - cpu).TotalMilliseconds / all.Length, Figures.Quantile(all, 0.95));
    }

    /// <summary>Loads until three rounds in a row have used no less processor time a request than the best before, within five per cent.</summary>
    /// <returns>How many rounds that took.</returns>
    public async Task<int> WarmUpAsync(Func<HttpRequestMessage> request, TimeSpan length, CancellationToken ct)
    {
        var (best, steady) = (double.MaxValue, 0);
        for (var round = 1; ; round++)
        {
            var cost = (await RunAsync(request, length, ct)).CpuMilliseconds;
            await Task.Delay(ToCompile, ct);
            steady = cost > best * (1 - Steady) ? steady + 1 : 0;
            best = Math.Min(best, cost);
            if ((steady >= 3 && round >= FewestWarmUps) || round == MostWarmUps)
                return round;
        }
    }
}
