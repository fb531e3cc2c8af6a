using System.Globalization;

namespace SecureBase.Bench.Chaos;

/// <summary>What a storm kills, and how its receiver behaves: the same for the same seed.</summary>
/// <param name="Deliveries">A multiple of <see cref="Endpoints"/>: every event goes to both endpoints of its tenant.</param>
/// <param name="Kills">At random moments, the last before all is delivered.</param>
internal sealed record ChaosPlan(int Seed, int Deliveries, int Kills)
{
    public const int Tenants = 4;
    public const int Endpoints = 2 * Tenants;

    private const int SubjectsOfATenant = 5;

    private static readonly Victims[] Deck =
    [
        .. Enumerable.Repeat(Victims.OneNode, 4), .. Enumerable.Repeat(Victims.Database, 3),
        Victims.OneNode | Victims.Database, Victims.AllNodes, Victims.AllNodes | Victims.Database,
    ];

    public int EventsOfATenant => Deliveries / Endpoints;

    /// <summary>The first of the two endpoints of a tenant asks for the order of each subject's events.</summary>
    public static bool IsOrdered(int endpoint) => endpoint % 2 == 0;

    public static int TenantOf(int endpoint) => endpoint / 2;

    /// <summary>The subject of a tenant's event, and its place among those of that subject, from 1.</summary>
    public static (string Subject, int Place) EventAt(int number) =>
        (string.Create(CultureInfo.InvariantCulture, $"subject-{number % SubjectsOfATenant}"), 1 + (number / SubjectsOfATenant));

    /// <summary>What becomes of a request of a delivery.</summary>
    /// <param name="earlier">Requests of it that came before.</param>
    public Behaviour BehaviourOf(int endpoint, string subject, int place, int earlier)
    {
        var fate = new Random(HashOf(endpoint, subject, place));
        // One in seven is not taken at once, one in twenty twice not: far from what opens an endpoint's circuit.
        var faults = fate.NextDouble() switch { < 0.05 => 2, < 0.15 => 1, _ => 0 };
        if (earlier >= faults)
            return Behaviour.Take;
        var first = fate.Next(4);
        return (Behaviour)(1 + ((first + earlier) % 4));
    }

    /// <summary>Settings of a node: the contract's rules on a schedule of seconds, and leases that run out within seconds.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        new("Webhooks__RetrySchedule", string.Join(',', Enumerable.Repeat("00:00:00.4", 3).Concat(Enumerable.Repeat("00:00:01", 60)))),
        new("Webhooks__Timeout", "00:00:02"),
        new("Messaging__Lease", "00:00:04"),
        new("Messaging__PollInterval", "00:00:00.2"),
        new("RequestLimits__SmallestBurst", "1000000"),
    ];

    /// <summary>Whom to kill, and after which delivery.</summary>
    public IEnumerable<(Victims Victims, int After)> Strikes()
    {
        var random = new Random(Seed);
        var deck = new Queue<Victims>();
        for (var kill = 0; kill < Kills; kill++)
        {
            if (deck.Count == 0)
                deck = new Queue<Victims>(Deck.OrderBy(_ => random.Next()));
            yield return (deck.Dequeue(), (int)(Deliveries * (kill + random.NextDouble()) / (Kills + 1)));
        }
    }

    private int HashOf(int endpoint, string subject, int place) => subject.Aggregate(unchecked((Seed * 31) + (endpoint * 7919) + (place * 104_729)), (hash, letter) => unchecked((hash * 31) + letter));
}

[Flags]
internal enum Victims
{
    OneNode = 1,
    AllNodes = 2,
    Database = 4,
}

/// <summary>How the receiver treats a request.</summary>
internal enum Behaviour
{
    Take,
    Fail,
    Stall,
    Reset,
    Redirect,
}
