using SecureBase.Bench.Chaos;
using Xunit.Abstractions;

namespace SecureBase.E2E.Journeys;

/// <summary>Webhooks while nodes and PostgreSQL are killed, with a receiver that does everything wrong for a while. `./bench chaos` is ten times as long.</summary>
public sealed class WebhookStormJourney(ITestOutputHelper output)
{
    private static readonly ChaosPlan Short = new(Seed: 5, Deliveries: 2_000, Kills: 10);

    [Fact]
    public async Task No_delivery_is_lost_or_sent_again_or_out_of_order_whatever_is_killed()
    {
        output.WriteLine($"Seed {Short.Seed}");
        var verdict = await ChaosStorm.RunAsync(Short, CancellationToken.None);
        output.WriteLine(verdict.ToString());

        Assert.Null(verdict.Failure);
        Assert.Equal((0, 0), (verdict.Lost, verdict.SentAgain));
        // There was a storm: everything was killed and every fault was shown.
        Assert.True(verdict is { NodesKilled: >= 5, DatabasesKilled: >= 4, Interrupted: > 0 }, verdict.ToString());
        Assert.All(verdict.Shown.Values, shown => Assert.True(shown > 0, verdict.ToString()));
    }
}
