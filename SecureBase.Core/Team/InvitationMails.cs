using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Accounts;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Team;

/// <summary>An invitation's mail: who invites to what, until when, and the one link.</summary>
internal sealed class InvitationMails(TimeProvider clock) : IMailComposer
{
    public bool Covers(string eventType) => eventType == InvitationService.Invited;

    public async Task<ComposedMail?> ComposeAsync(SecureBaseDb db, MailRequest request, CancellationToken ct)
    {
        if (await db.OneTimeLinks.AsNoTracking().SingleOrDefaultAsync(l => l.Id == request.Work.SubjectId, ct) is not { } link
            || await db.Invitations.AsNoTracking().SingleOrDefaultAsync(i => i.Id == link.InvitationId, ct) is not { IsOpen: true } invitation
            || await OneTimeLinks.MintAsync(db, link, clock.GetUtcNow(), ct) is not { } token)
        {
            return null;
        }

        var address = request.Link("/");
        return new ComposedMail(new MailAddress(invitation.Email, invitation.DisplayName), AccountMail.Compose(request.Tenant, new AccountMail
        {
            Subject = $"{invitation.InvitedByName} invites you to {request.Tenant.Name}",
            Title = $"You are invited to {request.Tenant.Name}",
            Lines =
            [
                $"{invitation.InvitedByName} invites you to the portal of {request.Tenant.Name} at {address.Authority}, with the role {invitation.Role.Replace('_', ' ')}.",
                $"The link below lets you choose a name and a password. It works once, until {AccountMail.Local(request.Tenant, link.ExpiresAt)}. Afterwards you sign in with this address, {invitation.Email}.",
                "You do not know what this is about? Then do nothing: without the link no account comes to be.",
            ],
            Action = ("Accept the invitation", request.Link("/account/invitation#" + token)),
            Footer = $"You get this because {invitation.InvitedByName} gave your address. This mailbox is not read.",
        }));
    }
}

/// <summary>Sends them; the address is the invitation's.</summary>
internal sealed class InvitationMailRoute(IEnumerable<IDeliveryChannel> channels) : IDeliveryRoute
{
    private readonly bool _hasMail = channels.Any(c => c.Name == MailChannel.ChannelName);

    public Task RouteAsync(FanOutBatch batch, CancellationToken ct)
    {
        foreach (var happened in batch.Events.Where(e => _hasMail && e.Type == InvitationService.Invited))
            batch.Deliver(happened, MailChannel.ChannelName, happened.SubjectId.ToString());
        return Task.CompletedTask;
    }
}
