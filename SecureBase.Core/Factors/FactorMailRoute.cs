using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;

namespace SecureBase.Core.Factors;

/// <summary>Every change of a person's factors is told to the person, their own changes too: it may not have been them.</summary>
internal sealed class FactorMailRoute(IEnumerable<IDeliveryChannel> channels) : IDeliveryRoute
{
    private readonly bool _hasMail = channels.Any(c => c.Name == MailChannel.ChannelName);

    public Task RouteAsync(FanOutBatch batch, CancellationToken ct)
    {
        foreach (var changed in batch.Events.Where(e => _hasMail && e.Type == FactorEvents.Changed))
            batch.Deliver(changed, MailChannel.ChannelName, changed.SubjectId.ToString());
        return Task.CompletedTask;
    }
}
