using SecureBase.Bench.Api;
using SecureBase.Bench.Auth;
using SecureBase.Bench.Chaos;
using SecureBase.Bench.Live;
using SecureBase.Bench.SignIn;
using SecureBase.Bench.Sla;
using SecureBase.Bench.Support;
using SecureBase.Bench.Webhooks;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var benches = new Dictionary<string, Func<CancellationToken, Task>>
{
    ["api"] = ApiBench.RunAsync,
    ["auth"] = AuthBench.RunAsync,
    ["chaos"] = ChaosBench.RunAsync,
    ["live"] = LiveBench.RunAsync,
    ["sign-in"] = SignInBench.RunAsync,
    ["sla"] = SlaBench.RunAsync,
    ["support"] = SupportBench.RunAsync,
    ["sweep"] = SweepBench.RunAsync,
    ["webhooks"] = WebhookBench.RunAsync,
};
var parts = new Dictionary<string, Func<CancellationToken, Task>>
{
    ["webhooks-idle"] = WebhookBench.IdleAsync,
    ["webhooks-million"] = WebhookBench.MillionAsync,
    ["webhooks-rate"] = WebhookBench.RateAsync,
    ["webhooks-sick"] = WebhookBench.SickAsync,
};

switch (args)
{
    case ["bare-server", ..]:
        await BareServer.RunAsync(args[1..]);
        return 0;
    case ["receiver", ..]:
        await ReceiverServer.ServeAsync(args[1..]);
        return 0;
    case ["auth-server", ..]:
        return AuthServer.Run(args[1..]);
    case []:
        foreach (var bench in benches.Values)
            await bench(stop.Token);
        return 0;
    case [var name, ..] when benches.TryGetValue(name, out var bench) || parts.TryGetValue(name, out bench):
        await bench(stop.Token);
        return 0;
    default:
        Console.Error.WriteLine($"There is no benchmark '{args[0]}'. There are: {string.Join(", ", benches.Keys.Concat(parts.Keys))}.");
        return 2;
}
