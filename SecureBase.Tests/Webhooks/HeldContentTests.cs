using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks.Sending;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

public sealed class HeldContentTests
{
    [Fact]
    public async Task Bytes_LeaveWhileTheLeaseLasts_AndNoneAfterIt()
    {
        var clock = new FakeTimeProvider();
        using var lease = new HeldLease(Work, clock.GetUtcNow().AddSeconds(30), clock);
        using var content = new HeldContent(lease.Work, [1, 2, 3]);
        using var during = new MemoryStream();
        using var after = new MemoryStream();

        await content.CopyToAsync(during);
        clock.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<OperationCanceledException>(() => content.CopyToAsync(after));

        Assert.Equal([1, 2, 3], during.ToArray());
        Assert.Empty(after.ToArray());
    }

    private static DeliveryWork Work { get; } = new()
    {
        Id = Guid.CreateVersion7(),
        TenantId = Guid.CreateVersion7(),
        Channel = WebhookChannel.ChannelName,
        Target = "target",
        Lane = "lane",
        Attempt = 1,
        EventId = Guid.CreateVersion7(),
        EventType = "ticket.created",
        SubjectKind = "ticket",
        SubjectId = Guid.CreateVersion7(),
        OccurredAt = default,
    };
}
