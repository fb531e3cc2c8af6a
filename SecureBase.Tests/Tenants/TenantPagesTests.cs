using System.Net;
using AngleSharp.Html.Dom;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Portal.Tenants;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Tenants;

/// <summary>The pages as each role gets them: what one may not do is absent, or disabled with its reason.</summary>
public sealed class TenantPagesTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task List_ShowsTenantsToAllStaff_AndTheActionToThoseWhoMayCreate()
    {
        var acme = await fixture.Given.TenantAsync();
        var provider = await fixture.Given.OperatorAsync();
        foreach (var role in Roles.Operator)
        {
            using var browser = await (await provider.PersonAsync(role)).SignInAsync();
            var page = await browser.PageAsync($"/tenants?q={acme.Slug}");
            var row = Assert.Single(page.QuerySelectorAll(".tenant-table tbody tr"));
            Assert.Contains(acme.Info.Name, row.TextContent, StringComparison.Ordinal);
            Assert.Equal($"/tenants/{acme.Slug}", row.QuerySelector("a")!.GetAttribute("href"));
            Assert.Equal(role == Roles.PlatformAdmin, page.QuerySelector("a[href='/tenants/new']") is not null);
            Assert.NotNull(page.QuerySelector(".rail-nav a[href='/tenants'][aria-current]"));
        }
    }

    [Fact]
    public async Task List_WithoutAHit_SaysSo_AndOffersTheWayBack()
    {
        using var browser = await (await (await fixture.Given.OperatorAsync()).AdminAsync()).SignInAsync();
        var page = await browser.PageAsync("/tenants?q=nobody-has-this-name&plan=government");
        Assert.Equal("Nothing matches", page.QuerySelector(".state h2")?.TextContent);
        Assert.NotNull(page.QuerySelector(".state a[href='/tenants']"));
    }

    [Fact]
    public async Task Tenant_ShowsReasonAndDate_AndLetsAgentsOnlyLook()
    {
        var acme = await fixture.Given.TenantAsync();
        var provider = await fixture.Given.OperatorAsync();
        await using (var scope = (await provider.AdminAsync()).Scope())
        {
            Assert.True((await scope.Get<TenantService>().SuspendAsync(acme.Slug, "Unpaid <b>since</b> March", Ct)).IsSuccess);
            Assert.True((await scope.Get<TenantService>().ScheduleOffboardingAsync(acme.Slug, Ct)).IsSuccess);
        }
        using var agent = await (await provider.PersonAsync(Roles.Agent)).SignInAsync();
        var page = await agent.PageAsync($"/tenants/{acme.Slug}");
        var words = page.QuerySelector("main")!.TextContent;
        Assert.Contains("Unpaid <b>since</b> March", words, StringComparison.Ordinal);
        Assert.Contains("Leaves on", words, StringComparison.Ordinal);
        Assert.Contains("Changing it is for platform admins", words, StringComparison.Ordinal);
        Assert.All(page.QuerySelectorAll("main form :is(input, select, button), main .act button"), control => Assert.True(control.HasAttribute("disabled"), control.OuterHtml));
        Assert.All(page.QuerySelectorAll("main .act button"), button => Assert.Equal("Changing a tenant is for platform admins.", button.GetAttribute("title")));
        Assert.Null(page.QuerySelector("#exports"));
        Assert.Equal(HttpStatusCode.Redirect, (await agent.GetAsync("/tenants/new")).StatusCode);
        Assert.Contains("There is no such tenant", (await agent.PageAsync("/tenants/no-such-tenant")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("There is no such tenant", (await agent.PageAsync("/tenants/admin")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_AreThereForAdminsAlone_WithPlanAndUse()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Standard);
        foreach (var role in Roles.Tenant)
        {
            using var browser = await (await acme.PersonAsync(role)).SignInAsync();
            var home = await browser.PageAsync("/home");
            Assert.Equal(role == Roles.Admin, home.QuerySelector(".side-nav a[href='/settings']") is not null);
            if (role != Roles.Admin)
            {
                Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/settings")).StatusCode);
                continue;
            }
            var page = await browser.PageAsync("/settings");
            Assert.Equal(acme.Info.Name, Assert.IsAssignableFrom<IHtmlInputElement>(page.QuerySelector("#name")).Value);
            var plan = page.QuerySelector("aside .facts")!.TextContent;
            Assert.Contains("1 of 5", plan, StringComparison.Ordinal);
            Assert.Contains("0 of 5", plan, StringComparison.Ordinal);
            Assert.Contains("90 days", plan, StringComparison.Ordinal);
            Assert.NotNull(page.QuerySelector("#exports"));
        }
    }

    [Theory]
    [InlineData("/tenants")]
    [InlineData("/tenants?view=suspended&q=clinic&plan=fintech,government&sort=sign-in&page=3")]
    public void ListState_IsItsAddress(string address)
    {
        var query = System.Web.HttpUtility.ParseQueryString(new Uri("http://admin.localhost" + address).Query);
        Assert.Equal(address, TenantListState.Parse(query["view"], query["q"], query["plan"], query["sort"], query["page"]).Url);
    }

    [Fact]
    public void ListState_OfNonsense_IsTheWholeList() => Assert.Equal("/tenants", TenantListState.Parse("x", " ", "gold", "-1", "-7").Url);
}
