using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

/// <summary>
/// Something that happened, recorded in the transaction that made it happen. Fan-out turns each committed row into
/// deliveries and one live signal, exactly once per target.
/// </summary>
public sealed class OutboxEvent : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    /// <summary>Assigned by the database; ascending per subject, because writers of one subject are serialised by its row lock.</summary>
    public long Position { get; private set; }
    /// <summary>An event type of the contract (<c>ticket.created</c>), or an internal one for live refresh only (<c>internal.…</c>).</summary>
    public required string Type { get; init; }
    /// <summary>Kind of the resource, as live signals name it: <c>ticket</c>.</summary>
    public required string SubjectKind { get; init; }
    public required Guid SubjectId { get; init; }
    public required int SubjectVersion { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    /// <summary>The resource as its GET returns it, JSON; null for internal events.</summary>
    public string? Data { get; init; }
    /// <summary>Who made it happen, so that nobody is notified of their own act.</summary>
    public Guid? ActorId { get; init; }
    /// <summary>History written by the demo: no delivery and no live signal.</summary>
    public bool Silent { get; init; }
    /// <summary>Null until fan-out has turned it into deliveries.</summary>
    public DateTimeOffset? DispatchedAt { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<OutboxEvent>
    {
        public void Configure(EntityTypeBuilder<OutboxEvent> builder)
        {
            builder.ToTable("outbox_events");
            builder.HasKey(e => e.Id);
            builder.HasAlternateKey(e => new { e.TenantId, e.Id });
            builder.Property(e => e.Id).ValueGeneratedNever();
            builder.Property(e => e.Position).UseIdentityAlwaysColumn();
            builder.Property(e => e.Data).HasColumnType("jsonb");
            builder.HasIndex(e => new { e.TenantId, e.Position }).HasFilter("dispatched_at is null").HasDatabaseName("ix_outbox_events_pending");
            builder.HasIndex(e => e.DispatchedAt);
        }
    }
}
