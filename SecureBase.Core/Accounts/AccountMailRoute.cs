using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;

namespace SecureBase.Core.Accounts;

/// <summary>Account mails go to whom their event is about: a person, or the address of a link.</summary>
internal sealed class AccountMailRoute(IEnumerable<IDeliveryChannel> channels) : IDeliveryRoute
{
    private readonly bool _hasMail = channels.Any(c => c.Name == MailChannel.ChannelName);

    public Task RouteAsync(FanOutBatch batch, CancellationToken ct)
    {
        foreach (var happened in batch.Events.Where(e => _hasMail && e.Type is AccountEvents.LinkRequested or AccountEvents.EmailChanged or AccountEvents.PasswordChanged))
            batch.Deliver(happened, MailChannel.ChannelName, happened.SubjectId.ToString());
        return Task.CompletedTask;
    }
}
