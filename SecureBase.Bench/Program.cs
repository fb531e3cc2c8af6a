using SecureBase.Bench.Api;
using SecureBase.Bench.Auth;
using SecureBase.Bench.Live;
using SecureBase.Bench.SignIn;
using SecureBase.Bench.Sla;
using SecureBase.Bench.Support;

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
    ["live"] = LiveBench.RunAsync,
    ["sign-in"] = SignInBench.RunAsync,
    ["sla"] = SlaBench.RunAsync,
    ["support"] = SupportBench.RunAsync,
    ["sweep"] = SweepBench.RunAsync,
};

switch (args)
{
    case ["bare-server", ..]:
        await BareServer.RunAsync(args[1..]);
        return 0;
    case ["auth-server", ..]:
        return AuthServer.Run(args[1..]);
    case []:
        foreach (var bench in benches.Values)
            await bench(stop.Token);
        return 0;
    case [var name, ..] when benches.TryGetValue(name, out var bench):
        await bench(stop.Token);
        return 0;
    default:
        Console.Error.WriteLine($"There is no benchmark '{args[0]}'. There are: {string.Join(", ", benches.Keys)}.");
        return 2;
}
