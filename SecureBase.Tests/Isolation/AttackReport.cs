using SecureBase.Tests.Isolation.Attacks;
using Xunit.Abstractions;

namespace SecureBase.Tests.Isolation;

/// <summary>Counts what was tried and how it ended, so that a suite that tried nothing does not pass.</summary>
internal sealed class AttackReport(string title)
{
    private readonly List<(string Surface, string Attack, Outcome Outcome, string? Detail)> _all = [];
    private readonly Lock _lock = new();

    internal int Attempts => Count(_ => true);

    internal IReadOnlyList<string> Leaks => Where(Outcome.Leaked);

    /// <param name="surface">What was attacked: an entity, a route, a page.</param>
    /// <param name="detail">What was seen, for the message of a failed test.</param>
    internal void Add(string surface, string attack, Outcome outcome, string? detail = null)
    {
        if (outcome == Outcome.NoOccasion)
            return;
        lock (_lock)
            _all.Add((surface, attack, outcome, detail));
    }

    internal IReadOnlyList<string> Where(params Outcome[] outcomes)
    {
        lock (_lock)
            return [.. _all.Where(a => outcomes.Contains(a.Outcome)).Select(a => $"{a.Surface}: {a.Attack}: {a.Outcome}{(a.Detail is null ? "" : $": {a.Detail}")}")];
    }

    /// <summary>Every surface was attacked, and nothing leaked.</summary>
    internal void AssertHeld(IReadOnlyCollection<string> surfaces, ITestOutputHelper output)
    {
        Write(output);
        Assert.NotEmpty(surfaces);
        lock (_lock)
            Assert.Empty(surfaces.Except(_all.Select(a => a.Surface)));
        Assert.Empty(Leaks);
    }

    internal void Write(ITestOutputHelper output)
    {
        lock (_lock)
        {
            var outcomes = string.Join(", ", _all.GroupBy(a => a.Outcome).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));
            output.WriteLine($"{title}: {_all.Select(a => a.Surface).Distinct().Count()} surfaces × {_all.Select(a => a.Attack).Distinct().Count()} attacks = {_all.Count} attempts: {outcomes}; {Leaks.Count} leaks");
        }
    }

    private int Count(Func<Outcome, bool> which)
    {
        lock (_lock)
            return _all.Count(a => which(a.Outcome));
    }
}
