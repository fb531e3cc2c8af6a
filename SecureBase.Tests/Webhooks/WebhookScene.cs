using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Sending;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

/// <summary>A portal that may deliver to the loopback interface, a receiver there, and one tenant with an admin. The clock stands still unless a test moves it.</summary>
internal sealed class WebhookScene : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private WebhookScene(TestDatabase database, FakeTimeProvider clock) => (_database, Clock) = (database, clock);

    public FakeTimeProvider Clock { get; }
    public WebhookReceiver Receiver { get; private set; } = null!;
    public PortalFactory Portal { get; private set; } = null!;
    public GivenTenant Acme { get; private set; } = null!;
    public GivenPerson Ada { get; private set; } = null!;

    public static Task<WebhookScene> StartAsync(params (string Key, string? Value)[] settings) => StartAsync(new FakeTimeProvider(), settings);

    public static async Task<WebhookScene> StartAsync(FakeTimeProvider clock, params (string Key, string? Value)[] settings)
    {
        var scene = new WebhookScene(await PostgresFixture.CreateDatabaseAsync(), clock);
        scene.Receiver = await WebhookReceiver.StartAsync();
        scene.Portal = await PortalFactory.StartAsync(scene._database.Connections, new PortalSettings { Clock = scene.Clock, More = [WebhookReceiver.Allowed, .. settings] });
        scene.Acme = await scene.Portal.Given.TenantAsync();
        scene.Ada = await scene.Acme.AdminAsync();
        return scene;
    }

    public async Task<WebhookWithSecret> CreateAsync(NewWebhook? webhook = null, string path = "/hook")
    {
        webhook ??= new NewWebhook { Events = ["ticket.created"] };
        var created = await DoAsync<WebhookEndpointService, WebhookWithSecret>(webhooks => webhooks.CreateAsync(webhook with { Url = webhook.Url ?? Receiver.At(path).AbsoluteUri }, CancellationToken.None));
        return created.IsSuccess ? created.Value : throw new InvalidOperationException(created.Error.Message);
    }

    public async Task<Result<T>> DoAsync<TService, T>(Func<TService, Task<Result<T>>> use, GivenPerson? by = null) where TService : notnull
    {
        await using var scope = (by ?? Ada).Scope();
        return await use(scope.Get<TService>());
    }

    public async Task<WebhookView> EditAsync(Guid id, EditWebhook edit) => (await DoAsync<WebhookEndpointService, WebhookView>(webhooks => webhooks.EditAsync(id, edit, null, CancellationToken.None))).Value;

    public async Task<WebhookView> ReadAsync(Guid id) => (await DoAsync<WebhookEndpointService, WebhookView>(webhooks => webhooks.GetAsync(id, CancellationToken.None))).Value;

    public async Task<IReadOnlyList<WebhookDeliveryView>> LogAsync(WebhookDeliveryQuery? query = null) =>
        (await DoAsync<WebhookDeliveryService, Page<WebhookDeliveryView>>(log => log.ListAsync(query ?? new WebhookDeliveryQuery { Limit = 100 }, CancellationToken.None))).Value.Items;

    public async Task<WebhookDeliveryView> ReadDeliveryAsync(Guid id) => (await DoAsync<WebhookDeliveryService, WebhookDeliveryView>(log => log.GetAsync(id, CancellationToken.None))).Value;

    /// <summary>Changes the ticket, which makes one <c>ticket.updated</c> of its subject.</summary>
    public async Task UpdateAsync(TicketView ticket, string subject)
    {
        await using var scope = Ada.Scope();
        var edited = await scope.Get<TicketService>().EditAsync(ticket.Id, new EditTicket { Subject = subject }, null, CancellationToken.None);
        Assert.True(edited.IsSuccess, edited.Error?.Message);
    }

    /// <summary>Waits until this many attempts are recorded in all.</summary>
    public Task AttemptsAsync(int count) => Until.TrueAsync($"{count} attempts are recorded", async () => (await LogAsync()).Sum(d => d.Attempts.Count) == count);

    public Task EndedAsync(int count) => Until.TrueAsync($"{count} deliveries have ended", async () => (await LogAsync()).Count(d => d.Status != DeliveryStatus.Pending) == count);

    public async Task<DeliveryLaneState> LaneAsync(Guid webhookId)
    {
        await using var scope = Acme.SystemScope();
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync();
        var lane = webhookId.ToString("N");
        return await db.DeliveryLanes.AsNoTracking().SingleAsync(l => l.Lane == lane);
    }

    /// <summary>Whether something would be sent at this instant.</summary>
    public async Task<bool> IsAnythingDueAsync() =>
        (await Portal.Services.GetRequiredService<DeliveryQueue>().DueLanesAsync([WebhookChannel.ChannelName], Clock.GetUtcNow(), CancellationToken.None)).Count > 0;

    /// <summary>What only time could have done otherwise.</summary>
    public Task ExecuteAsync(string sql) => Sql.ExecuteAsync(_database.SuperuserConnectionString, sql);

    public Task<object?> ScalarAsync(string sql) => Sql.ScalarAsync(_database.SuperuserConnectionString, sql);

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Receiver.DisposeAsync();
        await _database.DisposeAsync();
    }
}
