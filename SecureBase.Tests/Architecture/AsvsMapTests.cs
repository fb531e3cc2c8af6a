using System.Text.RegularExpressions;

namespace SecureBase.Tests.Architecture;

/// <summary>The maps of <c>docs</c> say nothing that the code does not bear out: what they name exists.</summary>
public sealed partial class AsvsMapTests
{
    private const string Map = "docs/asvs-5.0.md";

    private static readonly string[] States = ["met", "deployment", "not applicable", "not yet"];

    /// <summary>OWASP ASVS 5.0.0, level 1: chapter and section, then its requirements.</summary>
    private static readonly (string Section, int[] Requirements)[] LevelOne =
    [
        ("1.2", [1, 2, 3, 4, 5]), ("1.3", [1, 2]), ("1.5", [1]),
        ("2.1", [1]), ("2.2", [1, 2]), ("2.3", [1]),
        ("3.2", [1, 2]), ("3.3", [1]), ("3.4", [1, 2]), ("3.5", [1, 2, 3]),
        ("4.1", [1]), ("4.4", [1]),
        ("5.2", [1, 2]), ("5.3", [1, 2]),
        ("6.1", [1]), ("6.2", [1, 2, 3, 4, 5, 6, 7, 8]), ("6.3", [1, 2]), ("6.4", [1, 2]),
        ("7.2", [1, 2, 3, 4]), ("7.4", [1, 2]),
        ("8.1", [1]), ("8.2", [1, 2]), ("8.3", [1]),
        ("9.1", [1, 2, 3]), ("9.2", [1]),
        ("10.4", [1, 2, 3, 4, 5]),
        ("11.3", [1, 2]), ("11.4", [1]),
        ("12.1", [1]), ("12.2", [1, 2]),
        ("13.4", [1]), ("14.2", [1]), ("14.3", [1]), ("15.1", [1]), ("15.2", [1]), ("15.3", [1]),
    ];

    public static TheoryData<string> Documents => ["docs/asvs-5.0.md", "docs/security.md"];

    [Fact]
    public void LevelOne_IsComplete()
    {
        var expected = LevelOne.SelectMany(s => s.Requirements.Select(r => $"{s.Section}.{r}")).ToList();
        Assert.Equal(70, expected.Count);
        Assert.Equal(expected, Rows("## Level 1").Select(row => row.Id));
    }

    [Fact]
    public void EveryRow_SaysWhereItStandsAndWhy()
    {
        var rows = Rows("## Level 1").Concat(Rows("## Level 2")).ToList();
        Assert.Equal(rows.Count, rows.Select(r => r.Id).Distinct().Count());
        Assert.All(rows, row =>
        {
            Assert.Contains(row.State, States);
            Assert.True(row.How.Length > 10, $"{row.Id} says nothing.");
            Assert.True(row.State is "not applicable" || Named(row.Proof).Any(), $"{row.Id} names nothing that shows it.");
        });
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void EverythingNamed_Exists(string document)
    {
        var classes = SourceTree.Files(".cs").Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var missing = SourceTree.Lines(document).SelectMany(Named)
            .Where(name => TestClass().IsMatch(name) ? !classes.Contains(name) : IsPath(name) && !Path.Exists(Path.Combine(SourceTree.Root, name)))
            .Distinct().ToList();
        Assert.True(missing.Count == 0, $"{document} names what does not exist: {string.Join(", ", missing)}");
    }

    [Fact]
    public void EachOfTheSevenLayers_NamesTheTestsThatHoldIt()
    {
        var text = string.Join('\n', SourceTree.Lines("docs/security.md"));
        for (var layer = 1; layer <= 7; layer++)
        {
            var section = Regex.Match(text, $@"^### {layer}\. .+?(?=^##)", RegexOptions.Multiline | RegexOptions.Singleline);
            Assert.True(section.Success, $"docs/security.md has no section '### {layer}. …'");
            Assert.True(Named(section.Value).Any(TestClass().IsMatch), $"Layer {layer} names no test.");
        }
    }

    private static IEnumerable<(string Id, string State, string How, string Proof)> Rows(string heading) =>
        SourceTree.Lines(Map).SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal)).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length == 6 && char.IsAsciiDigit(cells[1].FirstOrDefault()))
            .Select(cells => (cells[1], cells[2], cells[3], cells[4]));

    private static IEnumerable<string> Named(string line) => Quoted().Matches(line).Select(match => match.Groups[1].Value);

    private static bool IsPath(string name) =>
        name.StartsWith("SecureBase.", StringComparison.Ordinal) || name.StartsWith("docs/", StringComparison.Ordinal) || name.StartsWith("deploy/", StringComparison.Ordinal) || name is "Dockerfile" or ".dockerignore";

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]+(Tests|Journey|Journeys)$")]
    private static partial Regex TestClass();
}
