using SecureBase.Core.Files;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Support.Attachments;

/// <summary>Why a file is not attached.</summary>
public static class AttachmentErrors
{
    public static Error NotFound => Error.NotFound("attachment");

    public static Error TooMany => new(ErrorKind.Conflict, "too_many_attachments", $"A message takes up to {AttachmentService.MaxPerMessage} files. Take one away first, or send the others with the next message.");

    public static Error TooManyWaiting =>
        new(ErrorKind.Conflict, "too_many_uploads", $"{AttachmentService.MaxWaiting} of your files wait to be sent already. Send or remove some of them first.");

    /// <summary>What was to be sent is not there any more.</summary>
    public static Error Gone => Error.Invalid(FileErrors.Field, "One of the files is not there any more: it was removed, or waited too long. Take it out and attach it again.");

    public static Error CommentNotFound => Error.Invalid("comment_id", "There is no such comment of yours on this ticket.");
}
