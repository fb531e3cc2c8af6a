using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Files;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Attachments;

/// <summary>
/// A file beside a message. Uploaded ahead, it waits under its uploader's draft, seen by nobody else; sent, it belongs to the
/// ticket and to a comment of it, or to the ticket alone. Who uploads in the name of the provider does so in the customer's tenant.
/// </summary>
public sealed class TicketAttachment : ITenantOwned
{
    public const int NameMax = 120;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required Guid FileId { get; init; }
    public StoredFile File { get; private set; } = null!;
    /// <summary>As the uploader's own machine calls it, made harmless; see <see cref="AttachmentName"/>.</summary>
    public required string Name { get; init; }
    public required Guid UploaderTenantId { get; init; }
    public required Guid UploaderId { get; init; }
    public required string UploaderName { get; init; }
    public required ActorKind UploaderKind { get; init; }
    public required DateTimeOffset UploadedAt { get; init; }
    /// <summary>The key of the draft it waits under; null once it is sent.</summary>
    public string? DraftKey { get; set; }
    /// <summary>Null while it waits.</summary>
    public Guid? TicketId { get; set; }
    /// <summary>Null for what belongs to the ticket itself: sent with its description, or by the API. The event of the latter has this attachment's id.</summary>
    public Guid? CommentId { get; set; }
    public DateTimeOffset? AttachedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<TicketAttachment>
    {
        public void Configure(EntityTypeBuilder<TicketAttachment> builder)
        {
            builder.ToTable("ticket_attachments", t =>
            {
                t.HasAuthorCheck("uploader_tenant_id");
                t.HasCheckConstraint("ck_ticket_attachments_comment_of_ticket", "comment_id is null or ticket_id is not null");
            });
            builder.HasKey(a => a.Id);
            builder.Property(a => a.Id).ValueGeneratedNever();
            builder.Property(a => a.Name).HasMaxLength(NameMax);
            builder.Property(a => a.UploaderKind).HasWireName();
            builder.Property(a => a.DraftKey).HasMaxLength(DraftService.KeyMax);
            builder.HasOne(a => a.File).WithMany().HasForeignKey(a => new { a.TenantId, a.FileId }).HasPrincipalKey(f => new { f.TenantId, f.Id }).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Ticket>().WithMany().HasForeignKey(a => new { a.TenantId, a.TicketId }).HasPrincipalKey(t => new { t.TenantId, t.Id }).IsRequired(false).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<TicketComment>().WithMany().HasForeignKey(a => new { a.TenantId, a.CommentId }).HasPrincipalKey(c => new { c.TenantId, c.Id }).IsRequired(false).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(a => new { a.TenantId, a.TicketId });
            builder.HasIndex(a => new { a.TenantId, a.UploaderId, a.DraftKey }).HasFilter("ticket_id is null");
        }
    }
}
