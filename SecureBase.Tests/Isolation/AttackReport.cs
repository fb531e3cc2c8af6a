using SecureBase.Core.Kernel;
using SecureBase.Tests.Isolation.Attacks;
using Xunit.Abstractions;

namespace SecureBase.Tests.Isolation;

/// <summary>Counts what was tried and how it ended, so that a suite that tried nothing does not pass.</summary>
internal sealed class AttackReport(string setting, SurfaceKind kind, string by = "")
{
    private readonly List<(string Surface, string Attack, Outcome Outcome, string? Detail)> _all = [];
    private readonly Lock _lock = new();

    internal int Attempts => Count(_ => true);

    /// <summary>Which locks were on.</summary>
    internal string Setting => setting;

    internal SurfaceKind Kind => kind;

    /// <summary>Each attempt by its surface and attack.</summary>
    internal IReadOnlyList<(string Surface, string Attack)> Tried
    {
        get
        {
            lock (_lock)
                return [.. _all.Select(a => (a.Surface, $"{a.Attack}{by}"))];
        }
    }

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
        Assert.True(Leaks.Count == 0, string.Join('\n', Leaks));
        CertificateLedger.Held(this);
    }

    internal void Write(ITestOutputHelper output)
    {
        lock (_lock)
        {
            var outcomes = string.Join(", ", _all.GroupBy(a => a.Outcome).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));
            output.WriteLine($"{setting}{by}, {WireName.Of(kind)}: {_all.Select(a => a.Surface).Distinct().Count()} surfaces × {_all.Select(a => a.Attack).Distinct().Count()} attacks = {_all.Count} attempts: {outcomes}; {Leaks.Count} leaks");
        }
    }

    private int Count(Func<Outcome, bool> which)
    {
        lock (_lock)
            return _all.Count(a => which(a.Outcome));
    }
}
