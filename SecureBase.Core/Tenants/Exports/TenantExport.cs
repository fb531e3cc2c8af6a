using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants.Exports;

public enum ExportStatus { Queued, Running, Done, Failed }

/// <summary>
/// One copy of a tenant's data, asked for by somebody and made by whichever node takes it up. The node holds a lease; when it dies
/// another begins anew, and only the holder of the lease can finish.
/// </summary>
public sealed class TenantExport : ITenantOwned
{
    /// <summary>How often it is tried before it is given up.</summary>
    public const int MaxAttempts = 3;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required DateTimeOffset RequestedAt { get; init; }
    public required Guid RequestedById { get; init; }
    public required string RequestedByName { get; init; }
    /// <summary>True when the provider's staff asked for it, in the tenant's name.</summary>
    public required bool RequestedByStaff { get; init; }
    public ExportStatus Status { get; private set; }
    /// <summary>Counted when a node takes it up; rows may come and go until its snapshot.</summary>
    public long RowsExpected { get; private set; }
    public long RowsDone { get; private set; }
    /// <summary>Attempts begun, an interrupted one included. Chunks of an earlier attempt are never read.</summary>
    public int Attempts { get; private set; }
    /// <summary>Set while a node is at it.</summary>
    public Guid? LeaseToken { get; private set; }
    /// <summary>When another node may take it up.</summary>
    public DateTimeOffset? LeasedUntil { get; private set; }
    public DateTimeOffset? FinishedAt { get; private set; }
    /// <summary>When the copy is deleted; null unless it is done.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }
    /// <summary>Of the whole ZIP file, in bytes.</summary>
    public long? Size { get; private set; }
    /// <summary>SHA-256 of the whole ZIP file, in hexadecimal.</summary>
    public string? Sha256 { get; private set; }
    /// <summary>A sentence for people; null unless it failed.</summary>
    public string? Failure { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<TenantExport>
    {
        public void Configure(EntityTypeBuilder<TenantExport> builder)
        {
            builder.ToTable("tenant_exports");
            builder.HasKey(e => e.Id);
            builder.HasAlternateKey(e => new { e.TenantId, e.Id });
            builder.Property(e => e.Id).ValueGeneratedNever();
            builder.Property(e => e.RequestedByName).HasMaxLength(120);
            builder.Property(e => e.Status).HasWireName();
            builder.Property(e => e.Sha256).HasMaxLength(64);
            builder.Property(e => e.Failure).HasMaxLength(400);
            builder.HasIndex(e => e.TenantId).IsUnique().HasFilter("finished_at is null").HasDatabaseName("ix_tenant_exports_unfinished");
            builder.HasIndex(e => new { e.TenantId, e.RequestedAt });
        }
    }
}

/// <summary>A piece of an export's ZIP file, sealed.</summary>
public sealed class TenantExportChunk : ITenantOwned
{
    public Guid TenantId { get; private set; }
    public required Guid ExportId { get; init; }
    /// <summary>The <see cref="TenantExport.Attempts"/> that wrote it.</summary>
    public required int Attempt { get; init; }
    /// <summary>From 0.</summary>
    public required int Number { get; init; }
    public required byte[]? Sealed { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<TenantExportChunk>
    {
        public void Configure(EntityTypeBuilder<TenantExportChunk> builder)
        {
            builder.ToTable("tenant_export_chunks");
            builder.HasKey(c => new { c.TenantId, c.ExportId, c.Attempt, c.Number });
            builder.Property(c => c.Sealed).IsRequired().IsSealed(SealedExport.Purpose);
            builder.HasOne<TenantExport>().WithMany().HasForeignKey(c => new { c.TenantId, c.ExportId }).HasPrincipalKey(e => new { e.TenantId, e.Id }).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
