namespace SecureBase.Core.Demo;

/// <summary>
/// Random numbers that are the same on every machine and runtime for the same seed: SplitMix64
/// (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014). Not for secrets.
/// </summary>
internal sealed class DemoRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A generator of its own for a part of the work, so that a change in one part leaves the others as they were.</summary>
    public static DemoRandom For(ulong seed, string part) => new(Mix(seed ^ HashOf(part)));

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>From 0 up to, not including, 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + (high - low) * Unit();

    /// <summary>Both ends included.</summary>
    public int Between(int low, int high) => low + (int)(Next() % (ulong)(high - low + 1));

    public bool Chance(double probability) => Unit() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[(int)(Next() % (ulong)items.Count)];

    /// <summary>One index, likelier the larger its weight.</summary>
    public int PickWeighted(IReadOnlyList<double> weights)
    {
        var at = Unit() * weights.Sum();
        for (var i = 0; i < weights.Count - 1; i++)
        {
            at -= weights[i];
            if (at < 0)
                return i;
        }

        return weights.Count - 1;
    }

    public T[] Shuffle<T>(IEnumerable<T> items)
    {
        T[] shuffled = [.. items];
        for (var i = shuffled.Length - 1; i > 0; i--)
        {
            var other = Between(0, i);
            (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
        }

        return shuffled;
    }

    /// <summary>FNV-1a over UTF-16; <see cref="string.GetHashCode()"/> differs from process to process.</summary>
    public static ulong HashOf(string text)
    {
        var hash = 14695981039346656037;
        foreach (var c in text)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
