using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

public enum TicketEventType { Created, CustomerComment, StaffReply, StatusChanged, PriorityChanged, Assigned, Edited }

/// <summary>What happened to a ticket, in order: the record its service-level clocks are computed from. Never changed.</summary>
public sealed class TicketEvent : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required Guid TicketId { get; init; }
    /// <summary>1, 2, 3 … within the ticket.</summary>
    public required int Sequence { get; init; }
    public required TicketEventType Type { get; init; }
    public required DateTimeOffset At { get; init; }
    public required Guid ActorTenantId { get; init; }
    public required Guid ActorId { get; init; }
    public required string ActorName { get; init; }
    public required ActorKind ActorKind { get; init; }
    /// <summary>The status after a created or status_changed event.</summary>
    public TicketStatus? Status { get; init; }
    /// <summary>The priority after a created or priority_changed event.</summary>
    public TicketPriority? Priority { get; init; }
    /// <summary>Who works on it after an assigned event; null when nobody does.</summary>
    public string? AssigneeName { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<TicketEvent>
    {
        public void Configure(EntityTypeBuilder<TicketEvent> builder)
        {
            builder.ToTable("ticket_events", t => t.HasAuthorCheck("actor_tenant_id"));
            builder.HasKey(e => e.Id);
            builder.Property(e => e.Id).ValueGeneratedNever();
            builder.Property(e => e.Type).HasWireName();
            builder.Property(e => e.ActorKind).HasWireName();
            builder.Property(e => e.Status).HasConversion<WireNameConverter<TicketStatus>>().HasMaxLength(24);
            builder.Property(e => e.Priority).HasConversion<WireNameConverter<TicketPriority>>().HasMaxLength(24);
            builder.HasOne<Ticket>().WithMany().HasForeignKey(e => new { e.TenantId, e.TicketId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
            builder.HasIndex(e => new { e.TenantId, e.TicketId, e.Sequence }).IsUnique();
        }
    }
}
