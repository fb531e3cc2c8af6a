using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Publishing;
using SecureBase.Core.Webhooks;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

/// <summary>Events of the provider's other systems: taken in once, in the tenant they are about, and delivered like all others.</summary>
public sealed class PublishingTests : IAsyncLifetime
{
    private WebhookScene _scene = null!;
    private GivenPerson _staff = null!;

    public async Task InitializeAsync()
    {
        _scene = await WebhookScene.StartAsync();
        _staff = await (await _scene.Portal.Given.OperatorAsync()).AdminAsync();
    }

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Publish_WithAnId_IsDeliveredOnceHoweverOftenItIsSent()
    {
        await _scene.CreateAsync(new NewWebhook { Events = ["invoice.created"] });

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PublishAsync(Event("billing-1"))));

        Assert.Single(answers.Select(a => a.Value.Id).Distinct());
        await _scene.EndedAsync(1);
        using var body = JsonDocument.Parse(Assert.Single(_scene.Receiver.Received).Body);
        Assert.Equal(("invoice.created", "inv-2026-11-0042"), (body.RootElement.GetProperty("type").GetString(), body.RootElement.GetProperty("data").GetProperty("id").GetString()));
        Assert.Equal(answers[0].Value.Id, (await _scene.LogAsync()).Single().EventId);
    }

    [Fact]
    public async Task Publish_WithoutAnId_IsANewEventEachTime()
    {
        await _scene.CreateAsync(new NewWebhook { Events = ["invoice.created"] });
        await PublishAsync(Event(null));
        await PublishAsync(Event(null));
        await _scene.EndedAsync(2);
    }

    [Fact]
    public async Task Publish_TheSameIdWithAnotherEvent_IsRefused()
    {
        Assert.True((await PublishAsync(Event("billing-1"))).IsSuccess);
        Assert.Equal("event_id_reused", (await PublishAsync(Event("billing-1") with { Type = ProviderEventTypes.InvoicePaid.Name })).Error!.Code);
    }

    public static TheoryData<string, string> Unfit => new()
    {
        { "type", """{"tenant":"TENANT","type":"ticket.created","data":{}}""" },
        { "type", """{"tenant":"TENANT","type":"invoice.lost","data":{}}""" },
        { "tenant", """{"tenant":"nobody-at-all","type":"usage.threshold_exceeded","data":DATA}""" },
        { "tenant", """{"tenant":"admin","type":"usage.threshold_exceeded","data":DATA}""" },
        { "data", """{"tenant":"TENANT","type":"usage.threshold_exceeded"}""" },
        { "data", """{"tenant":"TENANT","type":"usage.threshold_exceeded","data":[]}""" },
        { "data", """{"tenant":"TENANT","type":"usage.threshold_exceeded","data":{"metric":"logs"}}""" },
        { "data", """{"tenant":"TENANT","type":"usage.threshold_exceeded","data":{"metric":1}}""" },
        { "data", """{"tenant":"TENANT","type":"usage.threshold_exceeded","data":{"metric":"logs","unit":"\u0000","threshold":1,"used":2,"period_from":"2026-11-01","period_to":"2026-11-30","exceeded_at":"2026-11-18T12:00:00Z"}}""" },
        { "data", """{"tenant":"TENANT","type":"usage.threshold_exceeded","data":{"metric":"\ud800","unit":"GB","threshold":1,"used":2,"period_from":"2026-11-01","period_to":"2026-11-30","exceeded_at":"2026-11-18T12:00:00Z"}}""" },
        { "data", """{"tenant":"TENANT","type":"invoice.created","data":DATA}""" },
        { "id", """{"tenant":"TENANT","type":"usage.threshold_exceeded","data":DATA,"id":"with space"}""" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task Publish_WhatDoesNotFit_NamesTheField(string field, string json)
    {
        var request = JsonSerializer.Deserialize<PublishEvent>(
            json.Replace("TENANT", _scene.Acme.Slug, StringComparison.Ordinal).Replace("DATA", ProviderEventTypes.ThresholdExceeded.Example.GetRawText(), StringComparison.Ordinal), WireJson.Options)!;
        var refused = await PublishAsync(request);
        Assert.Equal((ErrorKind.Invalid, field), (refused.Error!.Kind, Assert.Single(refused.Error.Fields).Field));
    }

    [Fact]
    public async Task Publish_ByACustomer_IsForbidden() =>
        Assert.Equal(ErrorKind.Forbidden, (await _scene.DoAsync<EventPublishingService, PublicationReceipt>(events => events.PublishAsync(Event(null), CancellationToken.None))).Error!.Kind);

    private Task<Result<PublicationReceipt>> PublishAsync(PublishEvent request) => _scene.DoAsync<EventPublishingService, PublicationReceipt>(events => events.PublishAsync(request, CancellationToken.None), _staff);

    private PublishEvent Event(string? id) => new() { Tenant = _scene.Acme.Slug, Type = ProviderEventTypes.InvoiceCreated.Name, Data = ProviderEventTypes.InvoiceCreated.Example, Id = id };
}
