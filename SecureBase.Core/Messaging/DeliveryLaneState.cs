using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

/// <summary>
/// How a lane is governed and how it fares, the same for every node: only a lane that has this row can be paused, slowed or
/// held, and only of such a lane it is kept how its attempts went. Rows are made by the feature that owns the lane.
/// </summary>
public sealed class DeliveryLaneState : ITenantOwned
{
    private DeliveryLaneState() { }

    public DeliveryLaneState(string channel, string lane, int? perSecond) => (Channel, Lane, PerSecond, Allowance) = (channel, lane, perSecond, perSecond ?? 0);

    public Guid TenantId { get; private set; }
    public string Channel { get; private set; } = "";
    public string Lane { get; private set; } = "";
    /// <summary>Nothing is leased; what is due waits.</summary>
    public bool Paused { get; private set; }
    /// <summary>Attempts a second over all nodes, at most a second's worth at once; null for no limit.</summary>
    public int? PerSecond { get; private set; }
    /// <summary>What was left of the limit at <see cref="AllowanceAt"/>.</summary>
    public double Allowance { get; private set; }
    public DateTimeOffset? AllowanceAt { get; private set; }
    /// <summary>Nothing is leased before this instant.</summary>
    public DateTimeOffset? HeldUntil { get; private set; }
    /// <summary>After the hold one attempt at a time goes through, until one succeeds.</summary>
    public bool HalfOpen { get; private set; }
    /// <summary>When the first attempt failed since the last success; null while all is well.</summary>
    public DateTimeOffset? FailingSince { get; private set; }
    public DateTimeOffset? LastFailedAt { get; private set; }
    /// <summary>How the last attempt that failed went, in words; kept when it has succeeded since.</summary>
    public string? LastError { get; private set; }
    /// <summary>Deliveries that used up their schedule since the last success.</summary>
    public int Exhausted { get; private set; }

    public void Pause() => Paused = true;

    /// <summary>Goes on at once, as if nothing had failed before.</summary>
    public void Resume()
    {
        Paused = false;
        BeginAnew();
    }

    /// <summary>Forgets what failed and what it held up, as of somebody else: for another target in the same lane.</summary>
    public void BeginAnew() => (HeldUntil, HalfOpen, FailingSince, LastFailedAt, Exhausted) = (null, false, null, null, 0);

    public void Limit(int? perSecond)
    {
        if (perSecond == PerSecond)
            return;
        (PerSecond, Allowance, AllowanceAt) = (perSecond, perSecond ?? 0, null);
    }

    internal sealed class Configuration : IEntityTypeConfiguration<DeliveryLaneState>
    {
        public void Configure(EntityTypeBuilder<DeliveryLaneState> builder)
        {
            builder.ToTable("delivery_lanes");
            builder.HasKey(l => new { l.TenantId, l.Channel, l.Lane });
            builder.Property(l => l.Channel).HasMaxLength(Delivery.MaxChannelLength).UseCollation("C");
            builder.Property(l => l.Lane).HasMaxLength(Delivery.MaxLaneLength).UseCollation("C");
            builder.Property(l => l.LastError).HasMaxLength(DeliveryAttempt.MaxErrorLength);
            builder.HasIndex(l => new { l.TenantId, l.FailingSince }).HasFilter("failing_since is not null").HasDatabaseName("ix_delivery_lanes_failing");
        }
    }
}

/// <summary>How many attempts of a governed lane went well and ill within a quarter of an hour.</summary>
public sealed class DeliveryTally : ITenantOwned
{
    private DeliveryTally() { }

    public Guid TenantId { get; private set; }
    public string Channel { get; private set; } = "";
    public string Lane { get; private set; } = "";
    /// <summary>When the quarter begins.</summary>
    public DateTimeOffset Quarter { get; private set; }
    public int Succeeded { get; private set; }
    public int Failed { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<DeliveryTally>
    {
        public void Configure(EntityTypeBuilder<DeliveryTally> builder)
        {
            builder.ToTable("delivery_tallies");
            builder.HasKey(t => new { t.TenantId, t.Channel, t.Lane, t.Quarter });
            builder.Property(t => t.Channel).HasMaxLength(Delivery.MaxChannelLength).UseCollation("C");
            builder.Property(t => t.Lane).HasMaxLength(Delivery.MaxLaneLength).UseCollation("C");
            builder.HasOne<DeliveryLaneState>().WithMany().HasForeignKey(t => new { t.TenantId, t.Channel, t.Lane });
        }
    }
}
