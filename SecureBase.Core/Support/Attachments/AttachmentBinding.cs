using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Support.Attachments;

/// <summary>Lets files that wait go with a message, in the transaction that sends it.</summary>
internal static class AttachmentBinding
{
    /// <summary>Null when all of them go; else why none does.</summary>
    /// <param name="ids">Files the actor uploaded, in any order.</param>
    internal static async Task<Error?> AttachAsync(this Change change, IReadOnlyList<Guid> ids, Guid ticketId, Guid? commentId, CancellationToken ct)
    {
        if (ids.Count == 0)
            return null;
        if (ids.Count > AttachmentService.MaxPerMessage)
            return AttachmentErrors.TooMany;
        var (me, wanted) = (change.Actor.PersonId, ids.Distinct().ToArray());
        // A button pressed twice must not send a file with two messages.
        var waiting = await change.Db.TicketAttachments
            .FromSql($"select * from ticket_attachments where ticket_id is null and uploader_id = {me} and id = any({wanted}) for update").ToListAsync(ct);
        if (waiting.Count != wanted.Length)
            return AttachmentErrors.Gone;
        foreach (var attachment in waiting)
            (attachment.TicketId, attachment.CommentId, attachment.AttachedAt, attachment.DraftKey) = (ticketId, commentId, change.At, null);
        return null;
    }
}
