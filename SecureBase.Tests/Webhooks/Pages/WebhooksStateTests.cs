using SecureBase.Core.Messaging;
using SecureBase.Portal.Webhooks.Pages;

namespace SecureBase.Tests.Webhooks.Pages;

public sealed class WebhooksStateTests
{
    private static readonly Guid Endpoint = new("019a9a60-5500-7a55-9e01-7d6c5b4a3f21");
    private static readonly Guid Delivery = new("019a9a60-5500-7a55-9e01-7d6c5b4a3f22");

    [Fact]
    public void Url_IsReadBackAsItWas()
    {
        var state = new WebhooksState
        {
            Endpoint = Endpoint, Statuses = [DeliveryStatus.Failed, DeliveryStatus.Pending], Types = ["ticket.created"], Span = LogSpan.Week, About = "ACME-7", Delivery = Delivery, Attempt = 2, Pane = ExchangePane.Bytes,
        };
        Assert.Equal($"/webhooks?endpoint={Endpoint}&status=failed,pending&type=ticket.created&span=week&about=ACME-7&delivery={Delivery}&attempt=2&pane=bytes", state.Url);
        Assert.Equal(state.Url, WebhooksState.Parse(Endpoint.ToString(), "failed,pending", "ticket.created", "week", "ACME-7", Delivery.ToString(), "2", "bytes", null).Url);
        Assert.Equal("/webhooks", new WebhooksState().Url);
    }

    [Theory]
    [InlineData("nobody", "nowhere", "no.such", "century", "   ", "nothing", "-1", "window", " ")]
    [InlineData(null, "", ",", "", "", "", "0", "", "")]
    public void Nonsense_IsDropped(string? endpoint, string? status, string? type, string? span, string? about, string? delivery, string? attempt, string? pane, string? cursor) =>
        Assert.Equal("/webhooks", WebhooksState.Parse(endpoint, status, type, span, about, delivery, attempt, pane, cursor).Url);

    [Fact]
    public void AnotherList_KeepsNothingThatWasOpenOfTheOldOne()
    {
        var state = new WebhooksState { Endpoint = Endpoint, Delivery = Delivery, Attempt = 2, Pane = ExchangePane.Response, Cursor = "abc" };
        Assert.Equal($"/webhooks?endpoint={Endpoint}&status=failed", state.Listing(s => s with { Statuses = [DeliveryStatus.Failed] }).Url);
        Assert.Equal($"/webhooks?endpoint={Endpoint}&cursor=abc", state.ListUrl);
    }
}
