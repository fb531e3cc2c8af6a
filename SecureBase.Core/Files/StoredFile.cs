using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Files;

/// <summary>How far a file has come. Only a clean one is ever handed out.</summary>
public enum FileState
{
    /// <summary>Its bytes are arriving, or have and nothing refers to it; nobody sees it yet.</summary>
    Receiving,
    /// <summary>Waits for the scanner's verdict.</summary>
    Scanning,
    /// <summary>May be downloaded. <see cref="StoredFile.ScannedAt"/> tells whether a scanner looked at it.</summary>
    Clean,
    /// <summary>The scanner found something; the bytes are deleted.</summary>
    Refused,
}

/// <summary>Bytes of a tenant. What they are for, and who may see them, is the business of whoever refers to them.</summary>
public sealed class StoredFile : ITenantOwned
{
    /// <summary>What the scanner found is kept up to this many characters.</summary>
    public const int FindingMax = 200;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public FileState State { get; private set; }
    /// <summary>By content, never by name; see <see cref="ContentKind"/>.</summary>
    public string ContentType { get; private set; } = ContentKind.Unknown;
    /// <summary>In bytes; 0 while receiving.</summary>
    public long Size { get; private set; }
    /// <summary>In hexadecimal; null while receiving.</summary>
    public string? Sha256 { get; private set; }
    /// <summary>Null when no scanner is configured, or none has looked yet.</summary>
    public DateTimeOffset? ScannedAt { get; private set; }
    /// <summary>The scanner's name for what it found; null unless refused.</summary>
    public string? Finding { get; private set; }
    /// <summary>When another node may scan it.</summary>
    public DateTimeOffset? LeasedUntil { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<StoredFile>
    {
        public void Configure(EntityTypeBuilder<StoredFile> builder)
        {
            builder.ToTable("files");
            builder.HasKey(f => f.Id);
            builder.HasAlternateKey(f => new { f.TenantId, f.Id });
            builder.Property(f => f.Id).ValueGeneratedNever();
            builder.Property(f => f.State).HasWireName();
            builder.Property(f => f.ContentType).HasMaxLength(100);
            builder.Property(f => f.Sha256).HasMaxLength(64);
            builder.Property(f => f.Finding).HasMaxLength(FindingMax);
            builder.HasIndex(f => new { f.TenantId, f.ReceivedAt });
            builder.HasIndex(f => f.LeasedUntil).HasFilter("state = 'scanning'").HasDatabaseName("ix_files_to_scan");
        }
    }
}

/// <summary>A piece of a file, sealed.</summary>
public sealed class FileChunk : ITenantOwned
{
    public Guid TenantId { get; private set; }
    public required Guid FileId { get; init; }
    /// <summary>From 0.</summary>
    public required int Number { get; init; }
    public required byte[]? Sealed { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<FileChunk>
    {
        public void Configure(EntityTypeBuilder<FileChunk> builder)
        {
            builder.ToTable("file_chunks");
            builder.HasKey(c => new { c.TenantId, c.FileId, c.Number });
            builder.Property(c => c.Sealed).IsRequired().IsSealed(SealedChunk.Purpose);
            builder.HasOne<StoredFile>().WithMany().HasForeignKey(c => new { c.TenantId, c.FileId }).HasPrincipalKey(f => new { f.TenantId, f.Id }).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
