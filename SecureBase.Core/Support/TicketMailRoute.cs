using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>
/// Who gets an e-mail about a ticket: its requester, when it was opened, when staff replied and when it was resolved; not for
/// what they did themselves, except that the opening is confirmed to them; and the requesters of tickets merged into it. Service persons get none.
/// </summary>
internal sealed class TicketMailRoute(IEnumerable<IDeliveryChannel> channels) : IDeliveryRoute
{
    private readonly bool _hasMail = channels.Any(c => c.Name == MailChannel.ChannelName);

    public async Task RouteAsync(FanOutBatch batch, CancellationToken ct)
    {
        if (!_hasMail)
            return;
        var wanted = batch.Events.Select(e => (Event: e, Requester: RequesterOf(e))).Where(w => w.Requester is not null).ToList();
        if (wanted.Count == 0)
            return;
        foreach (var (happened, _) in wanted.Where(w => w.Event.Type != SupportEvents.Created).ToList())
            wanted.AddRange((await MergedRequestersAsync(batch, happened, ct)).Select(requester => (happened, (Guid?)requester)));
        var ids = wanted.Select(w => w.Requester!.Value).Distinct().ToList();
        var humans = await batch.Db.Users.Where(p => ids.Contains(p.Id) && p.Kind == PersonKind.Human).Select(p => p.Id).ToListAsync(ct);
        foreach (var (happened, requester) in wanted.Where(w => humans.Contains(w.Requester!.Value)))
        {
            if (happened.Type != SupportEvents.Resolved || !await HasReplyAsync(batch, happened, ct))
                batch.Deliver(happened, MailChannel.ChannelName, requester!.Value.ToString());
        }
    }

    // Whoever asked on a ticket that was merged into this one waits for the same answer.
    private static async Task<List<Guid>> MergedRequestersAsync(FanOutBatch batch, OutboxEvent happened, CancellationToken ct)
    {
        var all = await TicketChanges.WithMergedAsync(batch.Db, happened.SubjectId, ct);
        return all.Count == 1 ? [] : await batch.Db.Tickets.Where(t => all.Contains(t.Id) && t.Id != happened.SubjectId).Select(t => t.RequesterId).Distinct().ToListAsync(ct);
    }

    private static Guid? RequesterOf(OutboxEvent happened)
    {
        switch (happened.Type)
        {
            case SupportEvents.Created:
                return Read<TicketView>(happened).Requester.Id;
            case SupportEvents.Commented when Read<CommentedTicket>(happened) is { Comment.Author.Kind: ActorKind.Agent } replied:
                return UnlessOwn(happened, replied.Ticket);
            case SupportEvents.Resolved:
                return UnlessOwn(happened, Read<TicketView>(happened));
            default:
                return null;
        }
    }

    private static Guid? UnlessOwn(OutboxEvent happened, TicketView ticket) => ticket.Requester.Id == happened.ActorId ? null : ticket.Requester.Id;

    // Resolved with a reply: the reply's own e-mail says so.
    private static Task<bool> HasReplyAsync(FanOutBatch batch, OutboxEvent resolved, CancellationToken ct) =>
        batch.Db.TicketComments.AnyAsync(c => c.TicketId == resolved.SubjectId && c.CreatedAt == resolved.OccurredAt && c.AuthorKind == ActorKind.Agent, ct);

    private static T Read<T>(OutboxEvent happened) =>
        JsonSerializer.Deserialize<T>(happened.Data ?? "null", WireJson.Options) ?? throw new JsonException($"The data of {happened.Type} is empty.");
}
