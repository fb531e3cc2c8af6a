namespace SecureBase.Core.Support;

/// <summary>Puts comments, notes and events of a ticket into one order.</summary>
internal static class Timeline
{
    /// <summary>Events that only accompany a comment are left out: the comment shows them.</summary>
    internal static IReadOnlyList<TimelineEntry> Of(IEnumerable<TicketComment> comments, IEnumerable<TicketEvent> events) =>
    [
        .. comments.Select(Entry)
            .Concat(events.Where(e => e.Type is not (TicketEventType.CustomerComment or TicketEventType.StaffReply)).Select(Entry))
            .OrderBy(e => e.At).ThenBy(e => e.Kind).ThenBy(e => e.Id),
    ];

    private static TimelineEntry Entry(TicketComment comment) => new()
    {
        Id = comment.Id,
        Kind = TimelineKind.Comment,
        At = comment.CreatedAt,
        Author = new CommentAuthor(comment.AuthorId, comment.AuthorName, comment.AuthorKind),
        Body = comment.Body,
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
    };
}
