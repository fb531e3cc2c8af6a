using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;
using SecureBase.Portal.Webhooks.Pages;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks.Pages;

/// <summary>A portal whose deliveries reach a receiver on this machine, in real time: two attempts, a second apart.</summary>
public sealed class ReachingPortal : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public PortalFactory Portal { get; private set; } = null!;

    internal WebhookReceiver Receiver { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        Receiver = await WebhookReceiver.StartAsync();
        Portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { More = [WebhookReceiver.Allowed, ("Webhooks:RetrySchedule", "00:00:01")] });
    }

    public Task ExecuteAsync(string sql) => Sql.ExecuteAsync(_database.SuperuserConnectionString, sql);

    public async Task DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Receiver.DisposeAsync();
        await _database.DisposeAsync();
    }
}

/// <summary>The page of webhooks as one person has it open, on the real services.</summary>
public abstract class WebhookPages(ReachingPortal reaching) : ComponentTest, IClassFixture<ReachingPortal>
{
    private Scope _scope = null!;

    protected GivenTenant Acme { get; private set; } = null!;
    protected GivenPerson Ada { get; private set; } = null!;
    private protected WebhookReceiver Receiver => reaching.Receiver;
    protected PortalFactory Portal => reaching.Portal;

    public override async Task InitializeAsync()
    {
        Receiver.AnswerWith(204);
        Acme = await Portal.Given.TenantAsync();
        Ada = await Acme.AdminAsync();
        _scope = (await ViewerAsync()).Scope();
        Services.AddSingleton(TimeProvider.System);
        // Options are never taken from the services behind.
        Services.AddSingleton(Portal.Services.GetRequiredService<IOptions<WebhookOptions>>());
        Serve(_scope);
    }

    /// <summary>Who looks at the page; Ada unless a test says otherwise.</summary>
    protected virtual Task<GivenPerson> ViewerAsync() => Task.FromResult(Ada);

    protected override async Task LeaveAsync()
    {
        await base.LeaveAsync();
        await _scope.DisposeAsync();
    }

    protected string Address => new Uri(Services.GetRequiredService<NavigationManager>().Uri).PathAndQuery;

    protected void Go(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    protected IRenderedComponent<WebhooksPage> Open(string address = "/webhooks")
    {
        Go(address);
        return Render<WebhooksPage>();
    }

    /// <summary>What the browser does with a link of the page.</summary>
    protected IRenderedComponent<WebhooksPage> Follow(IRenderedComponent<WebhooksPage> page, string selector)
    {
        page.WaitForElement(selector);
        return Open(page.Find(selector).GetAttribute("href")!);
    }

    protected async Task<WebhookView> EndpointAsync(string description, string path = "/hook", params string[] events)
    {
        await using var scope = Ada.Scope();
        var made = await scope.Get<WebhookEndpointService>().CreateAsync(new NewWebhook { Url = Receiver.At(path).AbsoluteUri, Description = description, Events = events is [] ? ["ticket.created"] : events }, CancellationToken.None);
        return made.IsSuccess ? made.Value.Webhook : throw new InvalidOperationException(made.Error.Message);
    }

    protected async Task<WebhookView?> ReadAsync(Guid id)
    {
        await using var scope = Ada.Scope();
        var read = await scope.Get<WebhookEndpointService>().GetAsync(id, CancellationToken.None);
        return read.IsSuccess ? read.Value : null;
    }

    protected async Task<IReadOnlyList<WebhookDeliveryView>> LogAsync()
    {
        await using var scope = Ada.Scope();
        return (await scope.Get<WebhookDeliveryService>().ListAsync(new WebhookDeliveryQuery { Limit = 100 }, CancellationToken.None)).Value.Items;
    }

    /// <summary>What only time could have done otherwise.</summary>
    protected Task ExecuteAsync(string sql) => reaching.ExecuteAsync(sql);

    protected Task EndedAsync(int count) =>
        Until.TrueAsync($"{count} deliveries have ended", async () => (await LogAsync()).Count(d => d.Status != DeliveryStatus.Pending) == count);

    protected static string TextOf(IRenderedComponent<WebhooksPage> page, string selector) => page.Find(selector).TextContent.Trim();
}
