using System.Text.Json;
using System.Text.Json.Serialization;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Publishing;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Sending;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

/// <summary>What the catalogue promises is really sent: each type once made to happen, and its data what the type says.</summary>
public sealed class WebhookEventsTests : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Strict = new(WireJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true };

    private WebhookScene _scene = null!;

    public async Task InitializeAsync() => _scene = await WebhookScene.StartAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task EveryType_ThatIsNotMerelyAnnounced_ArrivesWithTheDataItPromises()
    {
        var all = await _scene.CreateAsync(new NewWebhook { Events = [.. EventCatalogue.All.Select(type => type.Name)] }, "/all");
        var staff = await (await _scene.Portal.Given.OperatorAsync()).AdminAsync();

        await PublishAsync(staff);
        await WorkOnATicketAsync(staff);
        await MakeAndRevokeAKeyAsync();
        await GiveUpAnotherEndpointAsync();
        Assert.True((await _scene.DoAsync<WebhookDeliveryService, WebhookDeliveryView>(log => log.TestAsync(all.Webhook.Id, CancellationToken.None))).IsSuccess);
        await LetAPromiseBreakAsync();

        var promised = EventCatalogue.All.Where(type => !type.IsAnnounced).Select(type => type.Name).ToHashSet();
        foreach (var type in promised)
            await Until.TrueAsync($"{type} has arrived", () => Arrived().Any(a => a.Type == type));
        Assert.All(Arrived(), a => Assert.Contains(a.Type, promised));
        Assert.All(Arrived(), a => Assert.NotNull(a.Data.Deserialize(EventCatalogue.Find(a.Type)!.Data, Strict)));
    }

    [Fact]
    public void Announced_AreThoseOfCosts_AndSaySo()
    {
        var announced = EventCatalogue.All.Where(type => type.IsAnnounced).ToList();
        Assert.Equal(["budget.threshold_reached", "cost.anomaly_detected", "cost.import_completed", "forecast.refreshed"], announced.Select(type => type.Name));
        Assert.All(announced, type => Assert.Contains("Not sent yet", type.Description, StringComparison.Ordinal));
    }

    private async Task PublishAsync(GivenPerson staff)
    {
        foreach (var type in EventCatalogue.All.Where(type => type.IsPublished))
            Assert.Null((await _scene.DoAsync<EventPublishingService, PublicationReceipt>(events => events.PublishAsync(new PublishEvent { Tenant = _scene.Acme.Slug, Type = type.Name, Data = type.Example }, CancellationToken.None), staff)).Error);
    }

    private async Task WorkOnATicketAsync(GivenPerson staff)
    {
        var ticket = await _scene.Ada.OpenTicketAsync();
        await _scene.UpdateAsync(ticket, "Another subject");
        Assert.Null((await _scene.DoAsync<TicketService, CommentedTicket>(tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = "Still stuck." }, CancellationToken.None))).Error);
        await using (var scope = staff.Scope(_scene.Acme))
            Assert.Null((await scope.Get<TicketService>().EditAsync(ticket.Id, new EditTicket { Status = TicketStatus.Resolved }, null, CancellationToken.None)).Error);
        Assert.Null((await _scene.DoAsync<TicketService, TicketView>(tickets => tickets.ReopenAsync(ticket.Id, CancellationToken.None))).Error);
    }

    private async Task MakeAndRevokeAKeyAsync()
    {
        var key = await _scene.DoAsync<ApiKeyService, CreatedApiKey>(keys => keys.CreateAsync(new NewApiKey { Name = "a test", Scopes = ["tickets:read"] }, CancellationToken.None));
        Assert.Null((await _scene.DoAsync<ApiKeyService, ApiKeyView>(keys => keys.RevokeAsync(key.Value.Key.Id, CancellationToken.None))).Error);
        Assert.DoesNotContain(_scene.Receiver.Received, r => System.Text.Encoding.UTF8.GetString(r.Body).Contains(key.Value.Text, StringComparison.Ordinal));
    }

    private async Task GiveUpAnotherEndpointAsync()
    {
        var other = await _scene.CreateAsync(path: "/other");
        await using var scope = _scene.Acme.SystemScope();
        await scope.Get<DeadEndpoints>().DisableAsync(other.Webhook.Id, "A test wants to see it.", CancellationToken.None);
    }

    // Half an hour to the first answer of a critical ticket: the warning comes fifteen minutes before its end.
    private async Task LetAPromiseBreakAsync()
    {
        await _scene.Ada.OpenTicketAsync("Everything is down", priority: TicketPriority.Critical);
        foreach (var minutes in new[] { 16, 15 })
        {
            _scene.Clock.Advance(TimeSpan.FromMinutes(minutes));
            await using var scope = _scene.Acme.SystemScope();
            await scope.Get<SlaSweep>().TellDueAsync(CancellationToken.None);
        }
    }

    private List<(string Type, JsonElement Data)> Arrived() =>
    [
        .. _scene.Receiver.Received.Where(r => r.Path == "/all").Select(r => JsonSerializer.Deserialize<JsonElement>(r.Body)).Select(body => (body.GetProperty("type").GetString()!, body.GetProperty("data"))),
    ];
}
