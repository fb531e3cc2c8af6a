using SecureBase.Tests.Isolation.Surfaces;

namespace SecureBase.Tests.Architecture;

/// <summary>Axe looks at every page there is, at every width and in both themes: the journeys that do so name its address.</summary>
public sealed class PageJourneyTests
{
    /// <summary>Pages that show nothing of their own, each with the reason.</summary>
    private static readonly Dictionary<string, string> NothingToSee = new()
    {
        ["/"] = "leads on",
        ["/not-found"] = "visited as an address that leads nowhere",
        ["/account/find-organisation"] = "visited at the base domain",
    };

    [Fact]
    public void EveryPage_IsLookedAt()
    {
        var journeys = string.Join('\n', SourceTree.Files(".cs").Where(f => f.StartsWith("SecureBase.E2E/Journeys/EveryPage", StringComparison.Ordinal)).SelectMany(SourceTree.Lines));
        var missing = PageRoute.All.Select(page => page.Template).Where(template => !NothingToSee.ContainsKey(template))
            .Where(template => !journeys.Contains(template.Split('{')[0], StringComparison.Ordinal)).ToList();
        Assert.True(missing.Count == 0, $"Add these pages to EveryPageJourneys: {string.Join(", ", missing)}");
    }
}
