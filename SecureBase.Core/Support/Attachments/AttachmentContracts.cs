using System.Text.Json.Serialization;
using SecureBase.Core.Files;

namespace SecureBase.Core.Support.Attachments;

/// <summary>What may become of an attachment, as readers see it.</summary>
public enum AttachmentState
{
    /// <summary>Cannot be downloaded yet.</summary>
    Scanning,
    Clean,
    /// <summary>The scanner found something; it can never be downloaded.</summary>
    Refused,
}

/// <summary>An attachment as its GET returns it.</summary>
public sealed record AttachmentView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    /// <summary>A media type, decided by content.</summary>
    public required string ContentType { get; init; }
    /// <summary>In bytes.</summary>
    public required long Size { get; init; }
    /// <summary>In hexadecimal.</summary>
    public required string Sha256 { get; init; }
    public required AttachmentState State { get; init; }
    /// <summary>Null when no scanner looked at it.</summary>
    public DateTimeOffset? ScannedAt { get; init; }
    /// <summary>The scanner's name for what it found.</summary>
    public string? Finding { get; init; }
    /// <summary>The comment it came with; null when it belongs to the ticket itself.</summary>
    public Guid? CommentId { get; init; }
    public required CommentAuthor Uploader { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether a page may show it as a picture.</summary>
    [JsonIgnore]
    public bool IsPicture => State == AttachmentState.Clean && ContentKind.IsSafeImage(ContentType);

    internal static AttachmentView Of(TicketAttachment attachment, StoredFile file) => new()
    {
        Id = attachment.Id,
        Name = attachment.Name,
        ContentType = file.ContentType,
        Size = file.Size,
        Sha256 = file.Sha256 ?? "",
        State = file.State switch
        {
            FileState.Clean => AttachmentState.Clean,
            FileState.Refused => AttachmentState.Refused,
            _ => AttachmentState.Scanning,
        },
        ScannedAt = file.ScannedAt,
        Finding = file.Finding,
        CommentId = attachment.CommentId,
        Uploader = new CommentAuthor(attachment.UploaderId, attachment.UploaderName, attachment.UploaderKind),
        CreatedAt = attachment.AttachedAt ?? attachment.UploadedAt,
    };
}

/// <summary>A file to attach: its bytes as they arrive, and what its sender calls it.</summary>
public sealed record IncomingFile(Stream Content, string? Name);

/// <summary>An attachment for download: its name, type, and bytes in order.</summary>
public sealed record AttachmentFile(string Name, FileContent File);
