using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>A message both sides can read.</summary>
public sealed class TicketComment : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required Guid TicketId { get; init; }
    public required Guid AuthorTenantId { get; init; }
    public required Guid AuthorId { get; init; }
    public required string AuthorName { get; init; }
    public required ActorKind AuthorKind { get; init; }
    public required string Body { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public CommentView ToView() => new() { Id = Id, Body = Body, Author = new CommentAuthor(AuthorId, AuthorName, AuthorKind), CreatedAt = CreatedAt };

    internal sealed class Configuration : IEntityTypeConfiguration<TicketComment>
    {
        public void Configure(EntityTypeBuilder<TicketComment> builder)
        {
            builder.ToTable("ticket_comments", t => t.HasAuthorCheck("author_tenant_id"));
            builder.HasKey(c => c.Id);
            builder.Property(c => c.Id).ValueGeneratedNever();
            builder.Property(c => c.AuthorKind).HasWireName();
            builder.HasOne<Ticket>().WithMany(t => t.Comments).HasForeignKey(c => new { c.TenantId, c.TicketId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
            builder.HasIndex(c => new { c.TenantId, c.TicketId, c.CreatedAt });
        }
    }
}

/// <summary>
/// A message among staff. A table of its own, because the customer's own database role may add to it (staff act inside the
/// tenant's scope) but can never read it: only the staff role can.
/// </summary>
public sealed class InternalNote : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required Guid TicketId { get; init; }
    public required Guid AuthorId { get; init; }
    public required string AuthorName { get; init; }
    public required string Body { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<InternalNote>
    {
        public void Configure(EntityTypeBuilder<InternalNote> builder)
        {
            builder.ToTable("internal_notes");
            builder.HasKey(n => n.Id);
            builder.Property(n => n.Id).ValueGeneratedNever();
            builder.HasOne<Ticket>().WithMany().HasForeignKey(n => new { n.TenantId, n.TicketId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
            builder.HasIndex(n => new { n.TenantId, n.TicketId, n.CreatedAt });
        }
    }
}
