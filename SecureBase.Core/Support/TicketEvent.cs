using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>
/// Clocks are moved by the first five and by <see cref="Withdrawn"/>. Merging and splitting are told apart by kinds of their own and move clocks through these
/// five: a merged ticket is closed by a <see cref="StatusChanged"/>, and when it brings a message nobody has answered to a ticket whose last
/// word was ours, that ticket gets a <see cref="CustomerComment"/> at the instant of the merge. A split-off ticket begins with its own
/// <see cref="Created"/>; the one it came from goes on as before.
/// </summary>
public enum TicketEventType
{
    Created,
    CustomerComment,
    StaffReply,
    StatusChanged,
    PriorityChanged,
    Assigned,
    Edited,
    /// <summary>This ticket went into <see cref="TicketEvent.RelatedNumber"/>.</summary>
    Merged,
    /// <summary><see cref="TicketEvent.RelatedNumber"/> came into this ticket.</summary>
    Absorbed,
    /// <summary>The merge with <see cref="TicketEvent.RelatedNumber"/> was taken back; on both.</summary>
    Unmerged,
    /// <summary>On both.</summary>
    Linked,
    /// <summary>On both.</summary>
    Unlinked,
    /// <summary>A message became <see cref="TicketEvent.RelatedNumber"/>, or this ticket came from it; on both.</summary>
    Split,
    /// <summary>The customer said how it went: <see cref="TicketEvent.Score"/>.</summary>
    Rated,
    /// <summary>A file was added by itself; no clock notices it. The event's id is the attachment's.</summary>
    Attached,
    /// <summary>Nobody waits for us here any more, for what had made them wait was taken back: a merge that had brought a message, or an end that is none.</summary>
    Withdrawn,
    /// <summary>It was given to a team of staff, <see cref="TicketEvent.TeamName"/>, or to none; no clock notices it.</summary>
    TeamAssigned,
}

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
    /// <summary>Which team has it after a team_assigned event; null when none has.</summary>
    public string? TeamName { get; init; }
    /// <summary>The other ticket of a merge, link or split.</summary>
    public string? RelatedNumber { get; init; }
    /// <summary>1–5 after a rated event.</summary>
    public int? Score { get; init; }

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
            builder.Property(e => e.TeamName).HasMaxLength(SupportTeamService.NameMax);
            builder.Property(e => e.RelatedNumber).HasMaxLength(24);
            builder.HasOne<Ticket>().WithMany().HasForeignKey(e => new { e.TenantId, e.TicketId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
            builder.HasIndex(e => new { e.TenantId, e.TicketId, e.Sequence }).IsUnique();
        }
    }
}
