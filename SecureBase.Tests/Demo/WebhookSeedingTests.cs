using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Demo;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Demo;

/// <summary>What the demo's endpoints show has really been sent, to the demo's own receiver.</summary>
public sealed class WebhookSeedingTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresFixture.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_development_portal_has_endpoints_that_are_well_failing_and_paused_once()
    {
        var port = FreePort();
        var settings = new PortalSettings { More = [("SecureBase:SeedDemo", "true"), ("SecureBase:SeedDemoHistory", "false"), ("SecureBase:DemoReceiverPort", port.ToString(CultureInfo.InvariantCulture))] };
        await using var portal = await PortalFactory.StartAsync(_database.Connections, settings);
        var acme = (await portal.Services.GetRequiredService<TenantDirectory>().FindAsync("acme", CancellationToken.None))!;
        var jana = new Actor(acme.Id, Guid.CreateVersion7(), "Jana Keller", ActorKind.Customer, Roles.Manager);
        await Until.TrueAsync("one fails, one is well and one waits", async () => (await StandingsAsync()) is "BI warehouse paused 4 waiting, Fraud signals healthy 0 waiting, Ledger failing 3 waiting");

        await using var scope = portal.ScopeFor(acme, jana);
        var log = (await scope.Get<WebhookDeliveryService>().ListAsync(new WebhookDeliveryQuery { Limit = 100 }, CancellationToken.None)).Value.Items;
        Assert.Equal(["The receiver answered 503 Service Unavailable."], log.SelectMany(d => d.Attempts).Select(a => a.Error).OfType<string>().Distinct());
        Assert.Equal(["compliance.finding_critical", "compliance.scan_completed", "usage.threshold_exceeded"], log.Where(d => d.Status == DeliveryStatus.Succeeded).Select(d => d.EventType).Order(StringComparer.Ordinal));
        // The demo's receiver is all of this machine that may be reached.
        var refused = await scope.Get<WebhookEndpointService>().CreateAsync(new NewWebhook { Url = $"https://127.0.0.1:{port}/", Events = ["ticket.created"] }, CancellationToken.None);
        Assert.Equal("url", Assert.Single(refused.Error!.Fields).Field);

        Assert.True((await portal.Services.GetRequiredService<DemoSeeder>().SeedWebhooksAsync(new Uri("http://127.0.0.1:9/"), CancellationToken.None)).IsSuccess);
        Assert.Equal(4L, await Sql.ScalarAsync(_database.SuperuserConnectionString, "select count(*) from webhooks"));

        async Task<string> StandingsAsync()
        {
            await using var scope = portal.ScopeFor(acme, jana);
            var names = (await scope.Get<WebhookEndpointService>().ListAsync(new WebhookQuery(), CancellationToken.None)).Value.Items.ToDictionary(w => w.Id, w => w.Description);
            var health = (await scope.Get<WebhookHealthService>().ReadAsync(CancellationToken.None)).Value.Values;
            return string.Join(", ", health.Where(h => names.ContainsKey(h.WebhookId)).Select(h => $"{names[h.WebhookId]} {WireName.Of(h.Standing)} {h.Pending} waiting").Order(StringComparer.Ordinal));
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(DemoOptions.ReceiverAddress, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
