using System.Globalization;

namespace SecureBase.Bench.Chaos;

/// <summary>What a storm has come to.</summary>
internal sealed record ChaosVerdict
{
    public required ChaosPlan Plan { get; init; }
    public required TimeSpan Took { get; init; }
    /// <summary>Events in the database, and those whose publication was acknowledged.</summary>
    public required long Events { get; init; }
    public required int Acknowledged { get; init; }
    /// <summary>Deliveries in the database, and those that are recorded as successes and were taken by the receiver.</summary>
    public required int Made { get; init; }
    public required int Delivered { get; init; }
    /// <summary>Deliveries with an attempt after the one that is recorded as their success, or with several such.</summary>
    public required int SentAgain { get; init; }
    /// <summary>What the receiver saw that should not have come, in words: sent again, out of order, wrongly signed, redirects followed.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>What shows that there was a storm.</summary>
    public required IReadOnlyDictionary<Behaviour, int> Shown { get; init; }
    public required int Interrupted { get; init; }
    public required int Repeated { get; init; }
    public required int InterruptedPublications { get; init; }
    public required int NodesKilled { get; init; }
    public required int DatabasesKilled { get; init; }

    public int Lost => Plan.Deliveries - Delivered;

    /// <summary>What is wrong, as one text; null when nothing is.</summary>
    public string? Failure
    {
        get
        {
            var events = Plan.EventsOfATenant * ChaosPlan.Tenants;
            List<string> wrong = [.. Faults.Take(20)];
            if (Events != events || Acknowledged != events || Made != Plan.Deliveries)
                wrong.Add($"Of {events} events {Acknowledged} were acknowledged, {Events} stand in the database and became {Made} deliveries instead of {Plan.Deliveries}.");
            if (Lost != 0)
                wrong.Add($"{Lost} deliveries were lost.");
            if (SentAgain != 0)
                wrong.Add($"{SentAgain} deliveries were attempted again after their success was recorded.");
            return wrong.Count == 0 ? null : $"Seed {Plan.Seed}: {string.Join(' ', wrong)}";
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"seed {Plan.Seed}: {Plan.Deliveries:N0} deliveries through {Plan.Kills} strikes ({NodesKilled} nodes and {DatabasesKilled} databases killed) in {Took.TotalSeconds:F0} s: {Lost} lost, {SentAgain} sent again after a recorded success, {Faults.Count} faults seen by the receiver (order, signatures, redirects followed, late repeats); "
        + $"it answered {Shown[Behaviour.Fail]} times with 500, stalled {Shown[Behaviour.Stall]}, reset {Shown[Behaviour.Reset]}, redirected {Shown[Behaviour.Redirect]}; {Interrupted} attempts and {InterruptedPublications} publications were interrupted, {Repeated} requests came again before a success was recorded");
}
