using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>Puts comments, events and attachments of a ticket into one order.</summary>
internal static class Timeline
{
    /// <summary>Events that only accompany a comment are left out: the comment shows them. Files stand with what they came with.</summary>
    /// <param name="comments">Of the ticket and of those merged into it.</param>
    /// <param name="events">Of the ticket alone.</param>
    /// <param name="merged">Those merged into it, whose descriptions read like messages.</param>
    /// <param name="attachments">Of the ticket and of those merged into it.</param>
    internal static IReadOnlyList<TimelineEntry> Of(IEnumerable<TicketComment> comments, IReadOnlyCollection<TicketEvent> events, IReadOnlyList<Ticket> merged, IEnumerable<TicketAttachment> attachments)
    {
        var opened = events.FirstOrDefault(e => e.Type == TicketEventType.Created)?.Id;
        var byThemselves = events.Where(e => e.Type == TicketEventType.Attached).Select(e => e.Id).ToHashSet();
        var files = attachments.ToLookup(
            a => a.CommentId ?? (byThemselves.Contains(a.Id) ? a.Id : merged.Any(t => t.Id == a.TicketId) ? a.TicketId : opened), a => AttachmentView.Of(a, a.File));
        return
        [
            .. comments.Select(c => Entry(c) with { From = merged.FirstOrDefault(t => t.Id == c.TicketId)?.Number })
                .Concat(merged.Select(Opening))
                .Concat(events.Where(e => e.Type is not (TicketEventType.CustomerComment or TicketEventType.StaffReply or TicketEventType.Withdrawn)).Select(Entry))
                .Select(e => files.Contains(e.Id) ? e with { Attachments = [.. files[e.Id]] } : e)
                .OrderBy(e => e.At).ThenBy(e => e.Kind).ThenBy(e => e.Id),
        ];
    }

    private static TimelineEntry Entry(TicketComment comment) => new()
    {
        Id = comment.Id,
        Kind = TimelineKind.Comment,
        At = comment.CreatedAt,
        Author = new CommentAuthor(comment.AuthorId, comment.AuthorName, comment.AuthorKind),
        Body = comment.Body,
    };

    private static TimelineEntry Opening(Ticket merged) => new()
    {
        Id = merged.Id,
        Kind = TimelineKind.Comment,
        At = merged.CreatedAt,
        Author = new CommentAuthor(merged.RequesterId, merged.RequesterName, ActorKind.Customer),
        Body = merged.Description.Length == 0 ? merged.Subject : merged.Description,
        From = merged.Number,
    };

    private static TimelineEntry Entry(TicketEvent happened) => new()
    {
        Id = happened.Id,
        Kind = TimelineKind.Event,
        At = happened.At,
        Author = new CommentAuthor(happened.ActorId, happened.ActorName, happened.ActorKind),
        Type = happened.Type,
        Status = happened.Status,
        Priority = happened.Priority,
        AssigneeName = happened.AssigneeName,
        TeamName = happened.TeamName,
        RelatedNumber = happened.RelatedNumber,
        Score = happened.Score,
    };
}
