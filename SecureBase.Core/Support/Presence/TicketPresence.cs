using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Presence;

/// <summary>What someone is doing on a ticket, weakest first.</summary>
public enum PresenceState
{
    Viewing,
    /// <summary>Staff only: writing an internal note, of which customers learn nothing.</summary>
    Noting,
    /// <summary>Writing a message both sides will read.</summary>
    Typing,
}

/// <summary>One open page of one person on one ticket. Short-lived and unlogged: a crash of the server may empty the table.</summary>
public sealed class TicketPresence : ITenantOwned
{
    private TicketPresence() { }

    public Guid TenantId { get; private set; }
    public Guid TicketId { get; private set; }
    public Guid PersonId { get; private set; }
    /// <summary>Tells pages of the same person apart.</summary>
    public Guid PageId { get; private set; }
    public Guid PersonTenantId { get; private set; }
    public string PersonName { get; private set; } = "";
    public ActorKind PersonKind { get; private set; }
    public PresenceState State { get; private set; }
    /// <summary>Renewed by the page while it is open; afterwards the row says nothing.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<TicketPresence>
    {
        public void Configure(EntityTypeBuilder<TicketPresence> builder)
        {
            builder.ToTable("ticket_presences", t => t.HasAuthorCheck("person_tenant_id"));
            builder.IsUnlogged();
            builder.HasKey(p => new { p.TenantId, p.TicketId, p.PersonId, p.PageId });
            builder.Property(p => p.PersonName).HasMaxLength(120);
            builder.Property(p => p.PersonKind).HasWireName();
            builder.Property(p => p.State).HasWireName();
            builder.HasOne<Ticket>().WithMany().HasForeignKey(p => new { p.TenantId, p.TicketId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
        }
    }
}
