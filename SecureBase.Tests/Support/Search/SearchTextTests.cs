using SecureBase.Core.Support;
using SecureBase.Core.Support.Search;

namespace SecureBase.Tests.Support.Search;

/// <summary>What a search box understands.</summary>
public sealed class SearchTextTests
{
    [Theory]
    [InlineData("egress charges", "egress|charges")]
    [InlineData("  \"peering drops\"  since ", "\"peering drops\"|since")]
    [InlineData("“peering drops”", "\"peering drops\"")]
    [InlineData("say \"never closed", "say|\"never closed")]
    [InlineData("\"\" a", "a")]
    [InlineData("http://example.com:8080/x", "http://example.com:8080/x")]
    [InlineData("error:timeout", "error:timeout")]
    [InlineData("status:", "status:")]
    [InlineData("status:purple", "status:purple")]
    [InlineData("\"", "")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Words_AndPhrases(string? text, string expected)
    {
        var search = SearchText.Parse(text);
        Assert.Equal(expected.Replace("never closed", "never closed\"", StringComparison.Ordinal), string.Join('|', search.Terms.Select(t => t.IsPhrase ? $"\"{t.Text}\"" : t.Text)));
        Assert.Empty(search.Statuses);
    }

    [Theory]
    [InlineData("status:open", "Open")]
    [InlineData("STATUS:Waiting", "WaitingCustomer")]
    [InlineData("status:in_progress", "InProgress")]
    [InlineData("status:\"in progress\"", "InProgress")]
    [InlineData("is:solved", "Resolved")]
    [InlineData("status:done", "Resolved,Closed")]
    [InlineData("status:closed status:res", "Closed,Resolved")]
    public void Statuses_ByBeginningAndOtherNames(string text, string expected)
    {
        var search = SearchText.Parse(text);
        Assert.Equal(expected, string.Join(',', search.Statuses));
        Assert.Empty(search.Terms);
    }

    [Fact]
    public void EverythingTogether()
    {
        var search = SearchText.Parse("vpn tag:Network tag:#prod assignee:me assignee:none assignee:\"Priya Nair\" priority:crit category:feature \"no route\"");
        Assert.Equal([new SearchTerm("vpn", false), new SearchTerm("no route", true)], search.Terms);
        Assert.Equal(["network", "prod"], search.Tags);
        Assert.Equal(["me", "priya nair"], search.Assignees);
        Assert.True(search.Unassigned);
        Assert.Equal([TicketPriority.Critical], search.Priorities);
        Assert.Equal([TicketCategory.FeatureRequest], search.Categories);
    }

    [Fact]
    public void Teams_ByPartsOfTheirNames_OrNone()
    {
        var search = SearchText.Parse("team:Network TEAM:\"Identity and access\" team:none teams:three");
        Assert.Equal(["network", "identity and access"], search.Teams);
        Assert.True(search.Teamless);
        Assert.Equal([new SearchTerm("teams:three", false)], search.Terms);
        Assert.False(SearchText.Parse("team:network").Teamless);
    }

    [Theory]
    [InlineData("ACME-1042", "ACME-1042")]
    [InlineData("acme1042", "ACME-1042")]
    [InlineData("#acme-1042", "ACME-1042")]
    [InlineData("1042", "1042")]
    [InlineData("#1042", "1042")]
    [InlineData("10.4.0.17", null)]
    [InlineData("eu-west-1", null)]
    public void Number_HoweverItIsWritten(string word, string? number) => Assert.Equal(number, SearchText.NumberIn(word));

    [Theory]
    [InlineData("peer", false, "'peer':*")]
    [InlineData("x", false, "'x'")]
    [InlineData("prod-eu-1", false, "'prod' <-> 'eu' <-> '1'")]
    [InlineData("acme-1042", false, "'acme' <-> '1042':*")]
    [InlineData("s3", false, "('s3':*) | ('S' <-> '3')")]
    [InlineData("#1042", false, "'1042':*")]
    [InlineData("no route to", true, "'no' <-> 'route' <-> 'to'")]
    [InlineData("o'brien", false, "'o' <-> 'brien':*")]
    [InlineData("a\\'b & !c | d:*", true, "'a' <-> 'b' <-> 'c' <-> 'd'")]
    [InlineData("Größe", false, "'Größe':*")]
    [InlineData("--- '\\'", false, null)]
    public void IndexedQuery_IsWordsAndNothingElse(string text, bool isPhrase, string? expected) => Assert.Equal(expected, IndexedWords.Query(new SearchTerm(text, isPhrase)));

    [Fact]
    public void MoreThanEightWords_AreLeftOut() => Assert.Equal(SearchText.MostTerms, SearchText.Parse("a b c d e f g h i j k").Terms.Count);
}
