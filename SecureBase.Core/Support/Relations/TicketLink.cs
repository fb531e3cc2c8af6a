using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Relations;

/// <summary>How two tickets of one tenant belong together. What was merged is said by <see cref="Ticket.MergedIntoId"/>.</summary>
public enum TicketLinkKind
{
    /// <summary>About the same thing, in no direction.</summary>
    Related,
    /// <summary><see cref="TicketLink.TicketId"/> was split off <see cref="TicketLink.OtherId"/>.</summary>
    Split,
}

/// <summary>A link between two tickets of one tenant.</summary>
public sealed class TicketLink : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required Guid TicketId { get; init; }
    public required Guid OtherId { get; init; }
    public required TicketLinkKind Kind { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<TicketLink>
    {
        public void Configure(EntityTypeBuilder<TicketLink> builder)
        {
            builder.ToTable("ticket_links");
            builder.HasKey(l => l.Id);
            builder.Property(l => l.Id).ValueGeneratedNever();
            builder.Property(l => l.Kind).HasWireName();
            builder.HasOne<Ticket>().WithMany().HasForeignKey(l => new { l.TenantId, l.TicketId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
            builder.HasOne<Ticket>().WithMany().HasForeignKey(l => new { l.TenantId, l.OtherId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
            // Two tickets are linked once: whoever links them holds both.
            builder.HasIndex(l => new { l.TenantId, l.TicketId, l.OtherId });
            builder.HasIndex(l => new { l.TenantId, l.OtherId });
        }
    }
}
