using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks;
using SecureBase.Portal.Support.Admin;
using SecureBase.Portal.Webhooks.Admin;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Webhooks.Pages;

namespace SecureBase.Tests.Webhooks.Admin;

/// <summary>How the staff see the endpoints of all customers, on a page and beside a ticket.</summary>
public sealed class WebhookHealthTests(ReachingPortal reaching) : ComponentTest, IClassFixture<ReachingPortal>
{
    private GivenTenant _acme = null!;
    private GivenTenant _globex = null!;
    private Scope _scope = null!;

    public override async Task InitializeAsync()
    {
        reaching.Receiver.Answer = (request, http) =>
        {
            http.Response.StatusCode = request.Path == "/well" ? 204 : 503;
            return Task.CompletedTask;
        };
        (_acme, _globex) = (await reaching.Portal.Given.TenantAsync(), await reaching.Portal.Given.TenantAsync());
        _scope = (await (await reaching.Portal.Given.OperatorAsync()).PersonAsync(Roles.Agent)).Scope();
        Services.AddSingleton(TimeProvider.System);
        Serve(_scope);
    }

    [Fact]
    public async Task Page_NamesWhatFailsOfWhom_Live_AndOneCustomerAloneByItsAddress()
    {
        await EndpointAsync(_acme, "Ledger", "/fails");
        await EndpointAsync(_acme, "Signals", "/well");
        await EndpointAsync(_globex, "Archive", "/well");
        Go($"/webhook-health?tenant={_acme.Slug}");
        var page = Render<WebhookHealthPage>();
        page.WaitForAssertion(() => Assert.Equal("Nothing needs a look", page.Find(".state h2").TextContent));
        await HappenAsync(_acme);
        await HappenAsync(_globex);
        page.WaitForAssertion(() => Assert.Equal(["Ledger"], NamesOf(page)));
        page.WaitForAssertion(() => Assert.Contains("The receiver answered 503 Service Unavailable.", page.Find(".w-failure").TextContent, StringComparison.Ordinal));
        Assert.Equal("0 %", page.Find(".w-rate").TextContent);
        Assert.Equal(_acme.Info.Name, page.Find(".w-customer").TextContent);

        Go($"/webhook-health?view=all&tenant={_acme.Slug}");
        page = Render<WebhookHealthPage>();
        page.WaitForAssertion(() => Assert.Equal(["Ledger", "Signals"], NamesOf(page)));
        Go("/webhook-health?view=all");
        page = Render<WebhookHealthPage>();
        page.WaitForAssertion(() => Assert.Contains("Archive", NamesOf(page)));
        Go("/webhook-health?tenant=nobody-here&view=all");
        page = Render<WebhookHealthPage>();
        page.WaitForAssertion(() => Assert.Equal("This customer has no endpoint", page.Find(".state h2").TextContent));
    }

    [Fact]
    public async Task Panel_CountsStandings_AndNamesWhatFailsAndWhy_AsItHappens()
    {
        var panel = Render<CustomerWebhooks>(p => p.Add(c => c.Customer, Summary(_acme)));
        panel.WaitForAssertion(() => Assert.Equal("They have no endpoint.", panel.Find("p").TextContent));
        await EndpointAsync(_acme, "Ledger", "/fails");
        var paused = await EndpointAsync(_acme, "Warehouse", "/well");
        await using (var scope = (await _acme.AdminAsync()).Scope())
            await scope.Get<WebhookEndpointService>().EditAsync(paused.Id, new EditWebhook { Status = EndpointStatus.Paused }, null, CancellationToken.None);
        await HappenAsync(_acme);

        panel.WaitForAssertion(() => Assert.Equal("1 failing, 1 paused.", panel.Find("p").TextContent));
        Assert.Equal("Ledger", Assert.Single(panel.FindAll(".troubled b")).TextContent);
        Assert.Contains("503 Service Unavailable", panel.Find(".troubled li").TextContent, StringComparison.Ordinal);
        Assert.Equal($"/webhook-health?view=all&tenant={_acme.Slug}", panel.Find(".ledger-heading a").GetAttribute("href"));
    }

    [Fact]
    public void TicketSide_ShowsThePanelsOfOtherFeatures()
    {
        Services.AddSingleton(new CustomerPanel(typeof(CustomerWebhooks), 10));
        Assert.Contains(reaching.Portal.Services.GetServices<CustomerPanel>(), p => p.Component == typeof(CustomerWebhooks));
        var side = Render<CustomerSummary>(p => p.Add(c => c.Customer, Summary(_acme)));
        side.WaitForAssertion(() => Assert.Equal("Webhook health", side.Find("#customer-webhooks").TextContent));
    }

    protected override async Task LeaveAsync()
    {
        await base.LeaveAsync();
        await _scope.DisposeAsync();
    }

    private static TenantSummary Summary(GivenTenant tenant) => new(tenant.Id, tenant.Slug, tenant.Info.Name, Plan.Government, "Etc/UTC", 0, 0, []);

    private static IEnumerable<string> NamesOf(IRenderedComponent<WebhookHealthPage> page) => page.FindAll(".w-name b").Select(b => b.TextContent);

    private void Go(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    private static async Task HappenAsync(GivenTenant tenant) => await (await tenant.AdminAsync()).OpenTicketAsync();

    private async Task<WebhookView> EndpointAsync(GivenTenant tenant, string description, string path)
    {
        await using var scope = (await tenant.AdminAsync()).Scope();
        var made = await scope.Get<WebhookEndpointService>().CreateAsync(new NewWebhook { Url = reaching.Receiver.At(path).AbsoluteUri, Description = description, Events = ["ticket.created"] }, CancellationToken.None);
        return made.IsSuccess ? made.Value.Webhook : throw new InvalidOperationException(made.Error.Message);
    }
}
