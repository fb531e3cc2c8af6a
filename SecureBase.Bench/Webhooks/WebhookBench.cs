using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SecureBase.Bench.Infrastructure;
using SecureBase.Core.Tenancy;

namespace SecureBase.Bench.Webhooks;

/// <summary>Delivery of webhooks, from the commit of an event to the record of the receiver's 2xx, on one node beside its database and its receivers.</summary>
internal static class WebhookBench
{
    private const int Tenants = 20;

    /// <summary>Requests at once: eight to each endpoint, as the settings have it by default.</summary>
    private const int Concurrency = 8 * Tenants;

    private const int Events = 15_000;
    private const int Rounds = 3;
    private const int Million = 1_000_000;

    private static readonly TimeSpan BareLength = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(CancellationToken ct)
    {
        await RateAsync(ct);
        await IdleAsync(ct);
        await SickAsync(ct);
        await MillionAsync(ct);
    }

    /// <summary>Sustained deliveries a second against a bare loop with the same concurrency, in turn: receivers that answer at once, and such as are 50 ms away.</summary>
    public static async Task RateAsync(CancellationToken ct)
    {
        await RateAsync("/take", "answer at once", ct);
        await RateAsync("/far", "answer after 50 ms", ct);
    }

    private static async Task RateAsync(string path, string receivers, CancellationToken ct)
    {
        await using var stage = await WebhookStage.OpenAsync(ct);
        var url = stage.Receiver.At(path);
        var tenants = await stage.TenantsAsync("rate", Tenants, [url], ct);
        await stage.StartNodeAsync(ct);
        await DeliverAsync(stage, tenants, Events / 3, url, ct);
        var bodies = await stage.BodiesAsync(1_000, ct);
        await BareSender.RunAsync(new Uri(url), bodies, Concurrency, BareLength, ct);

        List<(double Ours, double Bare)> rounds = [];
        for (var i = 0; i < Rounds; i++)
            rounds.Add((await DeliverAsync(stage, tenants, Events, url, ct), await BareSender.RunAsync(new Uri(url), bodies, Concurrency, BareLength, ct)));
        var ratios = rounds.Select(r => r.Ours / r.Bare).ToList();
        Print($"webhooks: {Events:N0} deliveries of {bodies.Average(b => b.Length):F0} bytes to {Tenants} endpoints that {receivers}, commit to recorded 2xx: {Figures.Median(rounds.Select(r => r.Ours)):F0}/s (aim ≥ 1,000), a bare loop of {Concurrency} that signs and posts the same bodies {Figures.Median(rounds.Select(r => r.Bare)):F0}/s, ratio {Figures.Median(ratios):F2} (median of {Rounds} rounds, {ratios.Min():F2} to {ratios.Max():F2}; aim ≥ 0.4)");
    }

    /// <summary>The time from commit to receipt when nothing else is to do.</summary>
    public static async Task IdleAsync(CancellationToken ct)
    {
        await using var stage = await WebhookStage.OpenAsync(ct);
        var tenants = await stage.TenantsAsync("idle", 1, [stage.Receiver.At("/note")], ct);
        await stage.StartNodeAsync(ct);
        using var publisher = new Publisher(stage, tenants[0]);
        List<double> times = [];
        for (var i = -50; i < 500; i++)
        {
            var time = await publisher.MeasureAsync(ct);
            if (i >= 0)
                times.Add(time);
            await Task.Delay(Idle, ct);
        }
        var p99 = Figures.Quantile(times, 0.99);
        Print($"webhooks when idle: {times.Count} single events from the request that commits them to their receipt: p50 {Figures.Median(times):F1} ms, p99 {p99:F1} ms, max {times.Max():F1} ms; p99 as a ratio to the limit of 100 ms: {p99 / 100:F2} (aim < 1)");
    }

    /// <summary>The rate of seven endpoints of each tenant while its other three are as healthy, and while two of those are dead and one is slow.</summary>
    public static async Task SickAsync(CancellationToken ct)
    {
        await using var stage = await WebhookStage.OpenAsync(ct);
        var url = stage.Receiver.At("/take");
        var healthy = Enumerable.Repeat(url, 7).ToList();
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var refusing = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}/");
        closed.Stop();
        var well = await stage.TenantsAsync("well", Tenants / 2, [.. healthy, .. Enumerable.Repeat(stage.Receiver.At("/as-well"), 3)], ct);
        var sick = await stage.TenantsAsync("sick", Tenants / 2, [.. healthy, stage.Receiver.At("/dead"), refusing, stage.Receiver.At("/slow")], ct);
        await stage.StartNodeAsync(ct);
        await DeliverAsync(stage, well, 500, url, ct);
        await DeliverAsync(stage, sick, 500, url, ct);

        List<(double Well, double Sick)> rounds = [];
        for (var i = 0; i < Rounds; i++)
            rounds.Add((await DeliverAsync(stage, well, 1_500, url, ct), await DeliverAsync(stage, sick, 1_500, url, ct)));
        var ratios = rounds.Select(r => r.Sick / r.Well).ToList();
        Print($"webhooks beside 20 % dead and 10 % slow endpoints: the healthy ones get {Figures.Median(rounds.Select(r => r.Sick)):F0}/s, where all are healthy the same ones get {Figures.Median(rounds.Select(r => r.Well)):F0}/s, ratio {Figures.Median(ratios):F2} (median of {Rounds} rounds, {ratios.Min():F2} to {ratios.Max():F2}; aim ≥ 0.9)");
    }

    /// <summary>A million deliveries pending and a million events to be fanned out, of one tenant each: the node's memory, and another tenant's single events.</summary>
    public static async Task MillionAsync(CancellationToken ct)
    {
        await using var stage = await WebhookStage.OpenAsync(ct);
        var (url, length) = (stage.Receiver.At("/take"), TimeSpan.FromSeconds(45));
        var (pending, events) = ((await stage.TenantsAsync("pending", 1, [url], ct))[0], (await stage.TenantsAsync("events", 1, [url], ct))[0]);
        var single = (await stage.TenantsAsync("single", 1, [stage.Receiver.At("/note")], ct))[0];
        var busy = await stage.TenantsAsync("busy", 2, [url], ct);
        await stage.StartNodeAsync(ct);
        using var publisher = new Publisher(stage, single);

        // The same work without a backlog, so that what a busy node holds anyway does not count.
        await DeliverAsync(stage, busy, Events, url, ct);
        await publisher.MeasureAsync(ct);
        var before = stage.Node.Memory;
        await stage.CommitDeliveriesAsync(pending, Million, ct);
        await stage.CommitAsync([events], Million, ct);
        await stage.VacuumAsync(ct);

        List<(double Time, long Memory)> samples = [];
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < length; await Task.Delay(Idle, ct))
            samples.Add((await publisher.MeasureAsync(ct), stage.Node.Memory));
        var (early, late) = (samples.Take(samples.Count / 3).Max(s => s.Memory), samples.Skip(samples.Count * 2 / 3).Max(s => s.Memory));
        var worst = samples.Max(s => s.Time);
        Print($"webhooks with {Million:N0} deliveries of one tenant pending and {Million:N0} events of another to be fanned out: {samples.Count} single events of a third from commit to receipt: p50 {Figures.Median(samples.Select(s => s.Time)):F0} ms, p99 {Figures.Quantile(samples.Select(s => s.Time), 0.99):F0} ms, max {worst:F0} ms; max as a ratio to the limit of 1 s: {worst / 1_000:F2} (aim ≤ 1); meanwhile {await stage.SucceededAsync([pending, events], url, ct):N0} of theirs were delivered");
        Print($"webhooks, memory of the node: {Megabytes(before)} MB before, {Megabytes(early)} MB in the first third of {length.TotalSeconds:F0} s with the backlog, {Megabytes(late)} MB in the last; ratio {(double)late / before:F2} to before, {(double)late / early:F2} to the first third (aim ≤ 1.1)");

        static string Megabytes(long bytes) => (bytes / 1e6).ToString("F0", CultureInfo.InvariantCulture);
    }

    /// <returns>Deliveries a second to the address, from before the commit of the events until all are recorded.</returns>
    private static async Task<double> DeliverAsync(WebhookStage stage, IReadOnlyList<TenantInfo> tenants, int events, string url, CancellationToken ct)
    {
        var (earlier, taken) = (await stage.SucceededAsync(tenants, url, ct), await stage.Receiver.TakenAsync(ct));
        var expected = events * await stage.EndpointsAsync(tenants[0], url, ct);
        var began = Stopwatch.GetTimestamp();
        await stage.CommitAsync(tenants, events, ct);
        while (await stage.Receiver.TakenAsync(ct) < taken + expected)
            await Task.Delay(Idle, ct);
        await stage.EndedAsync(tenants, url, ct);
        var took = Stopwatch.GetElapsedTime(began);
        var succeeded = await stage.SucceededAsync(tenants, url, ct) - earlier;
        return succeeded == expected ? succeeded / took.TotalSeconds : throw new InvalidOperationException($"{succeeded} deliveries of {expected} have succeeded.");
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
