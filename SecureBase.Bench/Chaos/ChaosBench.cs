namespace SecureBase.Bench.Chaos;

/// <summary>A long storm: 20,000 deliveries through 100 strikes.</summary>
internal static class ChaosBench
{
    private static readonly ChaosPlan Long = new(Seed: 20_261_122, Deliveries: 20_000, Kills: 100);

    public static async Task RunAsync(CancellationToken ct)
    {
        var verdict = await ChaosStorm.RunAsync(Long, ct);
        Console.WriteLine($"chaos, {verdict} (aim 0, 0, 0)");
        if (verdict.Failure is { } failure)
            throw new InvalidOperationException(failure);
    }
}
