using SecureBase.Core.Support;
using SecureBase.Core.Support.Views;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Support.Admin;

namespace SecureBase.Tests.Support.Admin;

public sealed class QueueStateTests
{
    private static readonly Guid Me = Guid.CreateVersion7();
    private static readonly DateTimeOffset Today = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/queue")]
    [InlineData("/queue?view=critical-and-security")]
    [InlineData("/queue?view=all&q=vault&tenant=acme,globex&priority=critical,low&category=security&status=open,resolved&tag=vault,eu-1&assignee=none&sort=updated&page=2&ticket=ACME-7&of=acme")]
    [InlineData("/queue?assignee=0198c0de-0000-7000-8000-000000000001")]
    [InlineData("/queue?view=my-teams")]
    [InlineData("/queue?team=none")]
    [InlineData("/queue?view=all&assignee=none&team=0198c0de-0000-7000-8000-000000000002&sort=due")]
    [InlineData("/queue?ticket=ACME-7")]
    [InlineData("/queue?tag=vault&saved=0198c0de-0000-7000-8000-000000000001")]
    public void Address_SurvivesParsing(string url) => Assert.Equal(url, Parse(url).Url);

    [Theory]
    [InlineData("?view=nonsense&sort=nonsense&page=x", "")]
    [InlineData("?view=my-open&assignee=none", "?view=my-open")]
    [InlineData("?view=unassigned&assignee=0198c0de-0000-7000-8000-000000000001", "?view=unassigned")]
    [InlineData("?view=waiting-on-customers&status=open", "?view=waiting-on-customers")]
    [InlineData("?view=my-teams&team=none", "?view=my-teams")]
    [InlineData("?team=network", "")]
    [InlineData("?of=acme", "")]
    [InlineData("?ticket=%20", "")]
    [InlineData("?tenant=,acme,,", "?tenant=acme")]
    [InlineData("?tag=Vault,no%20tag,vault,-x&saved=nonsense", "?tag=vault")]
    public void HostileValues_ShowAQueueNevertheless(string query, string kept) => Assert.Equal("/queue" + kept, Parse("/queue" + query).Url);

    [Theory]
    [InlineData("", true, false)]
    [InlineData("?view=critical-and-security", false, true)]
    [InlineData("?view=all", false, false)]
    public void View_SetsItsFacet(string query, bool needsReply, bool urgent)
    {
        var asked = Parse("/queue" + query).ToQuery(Me, Today);
        Assert.Equal((needsReply, urgent), (asked.NeedsReply, asked.CriticalOrSecurity));
    }

    [Fact]
    public void MyOpen_Unassigned_AndAChosenAssignee_AskForTheirPeople()
    {
        Assert.Equal(Me, Parse("/queue?view=my-open").ToQuery(Me, Today).Tickets.AssigneeId);
        Assert.Equal(Guid.Empty, Parse("/queue?view=unassigned").ToQuery(Me, Today).Tickets.AssigneeId);
        var somebody = Guid.CreateVersion7();
        Assert.Equal(somebody, Parse($"/queue?assignee={somebody}").ToQuery(Me, Today).Tickets.AssigneeId);
        Assert.True(Parse($"/queue?assignee={somebody}").IsFiltered);
    }

    [Fact]
    public void Team_AndMyTeams_AskForTheirTickets()
    {
        var team = Guid.CreateVersion7();
        var asked = Parse($"/queue?team={team}").ToQuery(Me, Today);
        Assert.Equal((team, false), (asked.Tickets.TeamId, asked.MyTeams));
        Assert.Equal(Guid.Empty, Parse("/queue?team=none").ToQuery(Me, Today).Tickets.TeamId);
        Assert.True(Parse("/queue?team=none").IsFiltered);
        var mine = Parse("/queue?view=my-teams").ToQuery(Me, Today);
        Assert.Equal((null, true), (mine.Tickets.TeamId, mine.MyTeams));
    }

    [Fact]
    public void ResolvedToday_BeginsWithTheViewersDay() => Assert.Equal(Today, Parse("/queue?view=resolved-today").ToQuery(Me, Today).ResolvedSince);

    [Fact]
    public void Choice_IsByTenant_ForTwoTenantsMayNumberAlike()
    {
        var state = Parse("/queue?ticket=acme-7&of=acme");
        Assert.True(state.IsChosen(Item("acme", "ACME-7")));
        Assert.False(state.IsChosen(Item("acme-two", "ACME-7")));
        Assert.Equal("/queue?ticket=ACME-8&of=acme", state.Choosing(Item("acme", "ACME-8")).Url);
        Assert.Equal("/queue", state.WithoutChoice.Url);
    }

    [Fact]
    public void SavedView_KeepsViewFiltersAndOrder_NotPlaceNorChoice()
    {
        var state = Parse("/queue?view=all&q=vault%20%26%20key&tag=eu-1&assignee=none&sort=updated&page=3&ticket=ACME-7&of=acme&saved=0198c0de-0000-7000-8000-000000000001");
        Assert.Equal("view=all&q=vault%20%26%20key&tag=eu-1&assignee=none&sort=updated", state.Filter);
        Assert.Equal("", Parse("/queue?page=2").Filter);
        var view = new SavedViewSummary(Guid.CreateVersion7(), "Vaults", state.Filter, IsShared: true, IsMine: false, "Lena", 1);
        var shown = QueueState.Of(view);
        Assert.Equal((state.Filter, view.Id, "vault & key"), (shown.Filter, shown.SavedId, shown.Text));
    }

    private static QueueItem Item(string slug, string number) => new(Tickets.View(number: number), Guid.CreateVersion7(), slug, slug, Plan.Standard);

    private static QueueState Parse(string url)
    {
        var query = Query.Of(url);
        return QueueState.Parse(query["view"], query["q"], query["tenant"], query["priority"], query["category"], query["status"], query["tag"], query["assignee"], query["team"], query["sort"], query["page"], query["ticket"], query["of"], query["saved"]);
    }
}
