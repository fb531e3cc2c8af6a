using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Webhooks.Recovery;

public enum RecoveryStatus { Running, Completed, Cancelled }

/// <summary>Somebody's wish to send again everything that failed for good within a time: worked off in steps by any node, however much it is.</summary>
public sealed class WebhookRecovery : ITenantOwned
{
    private WebhookRecovery() { }

    /// <param name="after">The last id before the range.</param>
    public WebhookRecovery(Guid id, Guid endpointId, DateTimeOffset from, DateTimeOffset to, Guid after, Actor by, DateTimeOffset at)
    {
        (Id, EndpointId, From, To, Position) = (id, endpointId, from, to, after);
        (CreatedById, CreatedByName, CreatedAt) = (by.PersonId, by.Name, at);
    }

    public Guid Id { get; private set; }
    public Guid TenantId { get; private set; }
    public Guid EndpointId { get; private set; }
    /// <summary>Deliveries made from this instant …</summary>
    public DateTimeOffset From { get; private set; }
    /// <summary>… to this one.</summary>
    public DateTimeOffset To { get; private set; }
    public RecoveryStatus Status { get; private set; }
    /// <summary>How many there were; null until they are counted.</summary>
    public long? Total { get; private set; }
    /// <summary>How many are queued again so far.</summary>
    public long Recovered { get; private set; }
    /// <summary>The last delivery that was looked at.</summary>
    public Guid Position { get; private set; }
    public Guid CreatedById { get; private set; }
    public string CreatedByName { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? FinishedAt { get; private set; }

    public void Count(long total) => Total = total;

    public void Progress(int recovered, Guid position) => (Recovered, Position) = (Recovered + recovered, position);

    public void Complete(DateTimeOffset at) => (Status, FinishedAt) = (RecoveryStatus.Completed, at);

    public void Cancel(DateTimeOffset at) => (Status, FinishedAt) = (RecoveryStatus.Cancelled, at);

    internal sealed class Configuration : IEntityTypeConfiguration<WebhookRecovery>
    {
        public void Configure(EntityTypeBuilder<WebhookRecovery> builder)
        {
            builder.ToTable("webhook_recoveries");
            builder.HasKey(r => new { r.TenantId, r.Id });
            builder.Property(r => r.Id).ValueGeneratedNever();
            builder.Property(r => r.Status).HasWireName();
            builder.Property(r => r.CreatedByName).HasMaxLength(120);
            builder.HasOne<WebhookEndpoint>().WithMany().HasForeignKey(r => new { r.TenantId, r.EndpointId });
            // One at a time for an endpoint; and how a node finds what is to be done.
            builder.HasIndex(r => new { r.TenantId, r.EndpointId }).IsUnique().HasFilter("status = 'running'").HasDatabaseName("ix_webhook_recoveries_running");
        }
    }
}
