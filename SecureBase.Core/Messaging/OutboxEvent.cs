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
    /// <summary>Events of this prefix only refresh staff pages: no route, and so no channel, ever sees them.</summary>
    public const string InternalPrefix = "internal.";

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    /// <summary>
    /// Assigned by the database; ascending per subject where its writers are serialised by its row lock. Where they are not, an event may be
    /// committed after later ones: it takes its place among those of them that still wait.
    /// </summary>
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
    /// <summary>How often fan-out failed on this event alone; the others of its tenant went on.</summary>
    public int FailedDispatches { get; private set; }
    /// <summary>Set after a failed dispatch: not before this instant again.</summary>
    public DateTimeOffset? NotBefore { get; private set; }

    internal bool IsInternal => Type.StartsWith(InternalPrefix, StringComparison.Ordinal);

    internal LiveSignal ToSignal() => Signal(TenantId, SubjectKind, SubjectId, SubjectVersion, Type, ActorId);

    /// <summary>The signal of an event with these properties; what is internal is for staff.</summary>
    internal static LiveSignal Signal(Guid tenantId, string kind, Guid id, int version, string type, Guid? actorId) =>
        new(tenantId, kind, id, version, type.StartsWith(InternalPrefix, StringComparison.Ordinal) ? LiveAudience.Staff : LiveAudience.Everyone)
        {
            EventType = type,
            ActorId = actorId,
        };

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
            builder.HasIndex(e => new { e.TenantId, e.SubjectId }).HasDatabaseName("ix_outbox_events_subject");
        }
    }
}
