using SecureBase.Core.Support;
using SecureBase.Portal.Support.Pages;

namespace SecureBase.Tests.Support;

public sealed class TicketListStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid Me = Guid.CreateVersion7();
    private static readonly Guid Somebody = new("0198c0de-0000-7000-8000-000000000001");

    [Theory]
    [InlineData("/tickets")]
    [InlineData("/tickets?view=waiting-for-you")]
    [InlineData("/tickets?view=all&q=peering%20drops")]
    [InlineData("/tickets?view=all&q=50%25%20of%20A%26B%20%2B%20C%23")]
    [InlineData("/tickets?view=open&priority=high,critical&category=billing,feature-request&status=in-progress&assignee=none&updated=week&sort=priority&page=3")]
    [InlineData("/tickets?view=closed&assignee=0198c0de-0000-7000-8000-000000000001")]
    [InlineData("/tickets?updated=quarter&sort=created&page=100000")]
    public void Address_SurvivesParsing(string url) => Assert.Equal(url, Parse(url).Url);

    [Theory]
    [InlineData("?view=", "")]
    [InlineData("?view=OPEN", "")]
    [InlineData("?view=nonsense&sort=nonsense&updated=nonsense&priority=nonsense", "")]
    [InlineData("?priority=high,high,HIGH,,%20high%20", "?priority=high")]
    [InlineData("?page=0", "")]
    [InlineData("?page=-7", "")]
    [InlineData("?page=2147483648", "")]
    [InlineData("?page=999999999", "?page=100000")]
    [InlineData("?page=1e3", "")]
    [InlineData("?assignee=00000000-0000-0000-0000-000000000000", "?assignee=none")]
    [InlineData("?assignee=%27%3B%20drop%20table", "")]
    [InlineData("?q=%20%20", "")]
    [InlineData("?q=%20peering%20", "?q=peering")]
    [InlineData("?view=closed&status=open", "?view=closed")]
    [InlineData("?view=resolved&status=resolved,closed", "?view=resolved&status=resolved")]
    public void HostileValues_ShowAListNevertheless(string query, string kept) => Assert.Equal("/tickets" + kept, Parse("/tickets" + query).Url);

    [Fact]
    public void LongSearch_IsCutAtTheServicesLimit() =>
        Assert.Equal(TicketRules.SearchMax, Parse("/tickets?q=" + new string('x', 5_000)).Text!.Length);

    [Fact]
    public void Query_AsksForWhatTheAddressSays()
    {
        var query = Parse("/tickets?view=open&q=peering&priority=high&category=billing&assignee=none&updated=day&sort=priority&page=2").ToQuery(Now, Me);
        Assert.Equal([TicketStatus.Open, TicketStatus.InProgress, TicketStatus.WaitingCustomer], query.Statuses);
        Assert.Equal([TicketPriority.High], query.Priorities);
        Assert.Equal([TicketCategory.Billing], query.Categories);
        Assert.Equal((Guid.Empty, "peering", TicketSort.Priority, 2, TicketListState.PageSize), (query.AssigneeId, query.Text, query.Sort, query.PageNumber, query.Limit));
        Assert.Equal(Now.AddDays(-1), query.UpdatedSince);
        Assert.Null(query.RequesterId);
    }

    [Fact]
    public void Mine_AsksForMyOwn_AndClosedOnesAreNotAmongThem()
    {
        var query = Parse("/tickets?view=mine").ToQuery(Now, Me);
        Assert.Equal(Me, query.RequesterId);
        Assert.DoesNotContain(TicketStatus.Closed, query.Statuses);
    }

    [Theory]
    [InlineData("", 14)]
    [InlineData("?updated=week", 7)]
    [InlineData("?updated=quarter", 14)]
    [InlineData("?view=all&updated=quarter", 90)]
    public void Recent_IsNeverWiderThanItsFortnight(string query, int days) => Assert.Equal(Now.AddDays(-days), Parse("/tickets" + query).ToQuery(Now, Me).UpdatedSince);

    [Theory]
    [InlineData("?view=open&sort=priority", false)]
    [InlineData("?q=x", true)]
    [InlineData("?priority=low", true)]
    [InlineData("?category=billing", true)]
    [InlineData("?status=open", true)]
    [InlineData("?assignee=none", true)]
    [InlineData("?updated=day", true)]
    public void IsFiltered_TellsNothingMatchesFromNothingHere(string query, bool expected)
    {
        var state = Parse("/tickets" + query);
        Assert.Equal(expected, state.IsFiltered);
        Assert.False(state.Unfiltered.IsFiltered);
        Assert.Equal((state.Tab, state.Sort), (state.Unfiltered.Tab, state.Unfiltered.Sort));
    }

    [Fact]
    public void Assignee_IsAnId() => Assert.Equal(Somebody, Parse($"/tickets?assignee={Somebody}").AssigneeId);

    private static TicketListState Parse(string url)
    {
        var query = Query.Of(url);
        return TicketListState.Parse(query["view"], query["q"], query["priority"], query["category"], query["status"], query["assignee"], query["updated"], query["sort"], query["page"]);
    }
}
