using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

public enum DeliveryStatus { Pending, Succeeded, Failed }

/// <summary>
/// One event on its way to one target over one channel. Written once by fan-out; its <see cref="Id"/> is what receivers
/// de-duplicate by, the same over all attempts.
/// </summary>
public sealed class Delivery : ITenantOwned
{
    public const int MaxChannelLength = 32;
    public const int MaxTargetLength = 200;
    public const int MaxLaneLength = 64;

    private Delivery() { }

    public Guid Id { get; private set; }
    public Guid TenantId { get; private set; }
    public Guid EventId { get; private set; }
    /// <summary>Name of the <see cref="IDeliveryChannel"/>.</summary>
    public string Channel { get; private set; } = "";
    /// <summary>Where to, as the channel understands it: an id, never an address or a secret.</summary>
    public string Target { get; private set; } = "";
    /// <summary>Deliveries of one lane share its limit of concurrent attempts and its fate; lanes never wait for each other.</summary>
    public string Lane { get; private set; } = "";
    public DeliveryStatus Status { get; private set; }
    /// <summary>Attempts begun, an interrupted one included.</summary>
    public int AttemptCount { get; private set; }
    /// <summary>Attempts that use up none of the schedule: those begun before it was last sent again by hand, and interrupted ones.</summary>
    public int EarlierAttempts { get; private set; }
    /// <summary>Deliveries of one lane with the same key go one after another, by <see cref="Sequence"/>; null goes by itself.</summary>
    public Guid? OrderKey { get; private set; }
    /// <summary>The event's position.</summary>
    public long Sequence { get; private set; }
    /// <summary>While pending: when a worker may take it up, never while it waits for one before it; while one is at it: when another may take it over.</summary>
    public DateTimeOffset NextAttemptAt { get; private set; }
    /// <summary>Set while a worker is at it; only the holder of the token may record the outcome.</summary>
    public Guid? LeaseToken { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>It waits for an earlier one of its key.</summary>
    public bool WaitsForItsTurn => Status == DeliveryStatus.Pending && NextAttemptAt == DateTimeOffset.MaxValue;

    /// <summary>Sends it again under its id, with all attempts of the schedule; one that is pending, at once.</summary>
    /// <exception cref="InvalidOperationException">An attempt is under way, or it waits for its turn.</exception>
    public void SendAgain(DateTimeOffset at)
    {
        if (LeaseToken is not null || WaitsForItsTurn)
            throw new InvalidOperationException("This delivery cannot be sent at this moment.");
        NextAttemptAt = at;
        if (Status == DeliveryStatus.Pending)
            return;
        (Status, EarlierAttempts, FinishedAt) = (DeliveryStatus.Pending, AttemptCount, null);
    }

    public OutboxEvent Event { get; private set; } = null!;
    public ICollection<DeliveryAttempt> Attempts { get; private set; } = [];

    internal sealed class Configuration : IEntityTypeConfiguration<Delivery>
    {
        public void Configure(EntityTypeBuilder<Delivery> builder)
        {
            builder.ToTable("deliveries");
            builder.HasKey(d => new { d.TenantId, d.Id });
            builder.Ignore(d => d.WaitsForItsTurn);
            builder.Property(d => d.Channel).HasMaxLength(MaxChannelLength).UseCollation("C");
            builder.Property(d => d.Target).HasMaxLength(MaxTargetLength);
            builder.Property(d => d.Lane).HasMaxLength(MaxLaneLength).UseCollation("C");
            builder.Property(d => d.Status).HasWireName();
            builder.HasOne(d => d.Event).WithMany().HasForeignKey(d => new { d.TenantId, d.EventId }).HasPrincipalKey(e => new { e.TenantId, e.Id }).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(d => new { d.TenantId, d.EventId, d.Channel, d.Target }).IsUnique();
            builder.HasIndex(d => new { d.TenantId, d.Channel, d.Lane, d.OrderKey, d.Sequence }).HasFilter("status = 'pending' and order_key is not null").HasDatabaseName("ix_deliveries_ordered");
            builder.HasIndex(d => new { d.TenantId, d.Channel, d.Target, d.Id }).HasDatabaseName("ix_deliveries_log");
            builder.HasIndex(d => new { d.TenantId, d.Channel, d.Id, d.Lane }).HasFilter("status = 'failed'").HasDatabaseName("ix_deliveries_failed");
            builder.HasIndex(d => new { d.TenantId, d.Channel, d.Lane, d.NextAttemptAt }).HasFilter("status = 'pending'").HasDatabaseName("ix_deliveries_due");
        }
    }
}

public enum AttemptOutcome
{
    Succeeded,
    /// <summary>Will be tried again, unless it was the last attempt of the schedule.</summary>
    Failed,
    /// <summary>The channel said that trying again is useless.</summary>
    Dead,
    /// <summary>The sending process ended before it recorded an outcome, or its own database failed it: the receiver is not to blame.</summary>
    Interrupted,
}

/// <summary>One try to deliver, as it went. Never changed.</summary>
public sealed class DeliveryAttempt : ITenantOwned
{
    public const int MaxErrorLength = 500;

    private DeliveryAttempt() { }

    public Guid TenantId { get; private set; }
    public Guid DeliveryId { get; private set; }
    /// <summary>1, 2, 3 … within the delivery.</summary>
    public int Number { get; private set; }
    public DateTimeOffset At { get; private set; }
    public AttemptOutcome Outcome { get; private set; }
    public int LatencyMs { get; private set; }
    /// <summary>In words; null when it succeeded.</summary>
    public string? Error { get; private set; }
    /// <summary>Of the answer, if the channel speaks HTTP and one came.</summary>
    public int? StatusCode { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<DeliveryAttempt>
    {
        public void Configure(EntityTypeBuilder<DeliveryAttempt> builder)
        {
            builder.ToTable("delivery_attempts");
            builder.HasKey(a => new { a.TenantId, a.DeliveryId, a.Number });
            builder.Property(a => a.Outcome).HasWireName();
            builder.Property(a => a.Error).HasMaxLength(MaxErrorLength);
            builder.HasOne<Delivery>().WithMany(d => d.Attempts).HasForeignKey(a => new { a.TenantId, a.DeliveryId });
        }
    }
}
