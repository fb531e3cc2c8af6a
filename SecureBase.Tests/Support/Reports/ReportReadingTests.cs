using System.Net;
using System.Text.Json;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Reports;
using SecureBase.Portal.Support.Reports;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Reports;

/// <summary>Reports as staff and programs read them: by page, API and download.</summary>
public sealed class ReportReadingTests(PortalFixture fixture) : ComponentTest, IClassFixture<PortalFixture>
{
    private static readonly DateTimeOffset Start = new(2036, 3, 4, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Start);
    private SupportHistory _acme = null!;
    private Scope _scope = null!;

    public override async Task InitializeAsync()
    {
        _acme = await SupportHistory.BeginAsync(fixture, _clock, name: "=Priya");
        var ticket = await _acme.OpenAsync(TicketCategory.Billing, TicketPriority.Critical);
        _acme.Pass(TimeSpan.FromHours(2));
        await _acme.ReplyAsync(ticket, TicketStatus.Resolved);
        await _acme.RateAsync(ticket, 5);
        await _acme.RollUpAsync();
        _scope = _acme.Agent.Scope();
        Services.AddSingleton<TimeProvider>(_clock);
        Serve(_scope);
    }

    [Fact]
    public async Task Page_SaysEachChartInASentenceAndATable()
    {
        var page = Show($"/reports?tenant={_acme.Tenant.Slug}");
        page.WaitForAssertion(() => Assert.Equal(6, page.FindAll("figure.report-chart").Count));
        var said = page.FindAll("figcaption p").Select(p => p.TextContent).ToList();
        Assert.Contains(said, s => s.StartsWith("1 ticket opened, 0.03 a day, and 1 resolved; 0 are open now.", StringComparison.Ordinal));
        Assert.Contains(said, s => s.StartsWith("The only one came after 2 h.", StringComparison.Ordinal));
        Assert.Contains(said, s => s.StartsWith("1 of 2 clocks ran over, 50 %: first response 100 %", StringComparison.Ordinal));
        Assert.Contains(said, s => s.StartsWith("1 rating: 100 % satisfied (4 or 5), 5.0 of 5", StringComparison.Ordinal));
        // A line for each of the 30 days, whether anything happened or not.
        Assert.All(page.FindAll("figure details.figures tbody"), body => Assert.Equal(30, body.Children.Length));
        Assert.Equal(5, page.FindAll("figure details.figures").Count);
        Assert.Equal([_acme.Tenant.Info.Name], page.FindAll(".report-lines tbody th").Select(h => h.TextContent));
        await page.InvokeAsync(() => page.FindAll(".chip-group").Single(c => c.QuerySelector("summary")!.TextContent.Contains("category", StringComparison.Ordinal)).QuerySelectorAll("input")[0].Change(true));
        Assert.EndsWith($"/reports?tenant={_acme.Tenant.Slug}&category=general", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_WithoutAnything_SaysSoAndLeadsBack()
    {
        var page = Show($"/reports?tenant={_acme.Tenant.Slug}&category=security&by=agent");
        page.WaitForAssertion(() => Assert.Equal("/reports?by=agent", page.Find(".state a").GetAttribute("href")));
    }

    [Fact]
    public async Task Download_IsAFileThatNoSpreadsheetRuns_ForStaffAlone()
    {
        using var browser = await _acme.Agent.SignInAsync();
        using var answer = await browser.GetAsync($"/reports/export?tenant={_acme.Tenant.Slug}&by=agent&from=2036-03-04&to=2036-03-04");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("text/csv", "attachment", true), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.DispositionType, answer.Headers.CacheControl!.NoStore));
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        var lines = (await answer.Content.ReadAsStringAsync()).Trim('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("agent,name,opened,resolved,replies,open_now,first_response_count", lines[0], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Equal(lines[0].Count(c => c == ','), line.Count(c => c == ',')));
        Assert.Contains(lines, line => line.StartsWith($"\"{_acme.Agent.Id}\",\"'=Priya\",0,0,1,0,", StringComparison.Ordinal));
        Assert.StartsWith("\"all\",\"All\",1,1,1,0,1,7200,7200,7200,1,7200,7200,7200,", lines[^1], StringComparison.Ordinal);

        using var customer = await (await _acme.Tenant.AdminAsync()).SignInAsync();
        foreach (var path in new[] { "/reports", "/reports/export" })
            Assert.NotEqual(HttpStatusCode.OK, (await customer.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Api_AnswersOperatorKeysAlone()
    {
        var provider = await fixture.Given.OperatorAsync();
        using var staff = fixture.Portal.Call((await provider.ApiKeyAsync("staff:support")).Text);
        using var answer = await staff.GetAsync($"/v1/admin/reports/support?from=2036-03-01&to=2036-03-31&tenant={_acme.Tenant.Slug}&group_by=category");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var report = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        Assert.Equal(("category", "2036-03-01"), (report.GetProperty("group_by").GetString(), report.GetProperty("from").GetString()));
        var line = Assert.Single(report.GetProperty("lines").EnumerateArray());
        Assert.Equal(("billing", 1, 7_200, .5), (line.GetProperty("key").GetString(), line.GetProperty("opened").GetInt32(),
            line.GetProperty("first_response").GetProperty("p95_seconds").GetInt32(), line.GetProperty("sla").GetProperty("breach_rate").GetDouble()));
        Assert.Equal(1, report.GetProperty("totals").GetProperty("ratings").GetProperty("csat").GetDouble());

        foreach (var query in new[] { "from=yesterday", "from=2036-03-02&to=2036-03-01", "from=2030-01-01&to=2036-01-01", "group_by=colour", "plan=gold", "agent=me", "tenant=a%00b" })
            Assert.Equal(HttpStatusCode.BadRequest, (await staff.GetAsync($"/v1/admin/reports/support?{query}")).StatusCode);
        using var customer = fixture.Portal.Call((await _acme.Tenant.ApiKeyAsync("tickets:read")).Text);
        Assert.Equal(HttpStatusCode.Forbidden, (await customer.GetAsync("/v1/admin/reports/support")).StatusCode);
    }

    [Fact]
    public async Task Service_RefusesCustomers()
    {
        await using var scope = (await _acme.Tenant.AdminAsync()).Scope();
        var read = await scope.Get<SupportReports>().ReadAsync(new ReportQuery { From = _acme.Today, To = _acme.Today }, ReportDimension.Day, CancellationToken.None);
        Assert.Equal(ErrorKind.Forbidden, read.Error!.Kind);
    }

    protected override async Task LeaveAsync()
    {
        await base.LeaveAsync();
        await _scope.DisposeAsync();
    }

    private IRenderedComponent<ReportsPage> Show(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<ReportsPage>();
    }
}
