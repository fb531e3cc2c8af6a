using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

/// <summary>
/// One link of a tenant's audit chain: the hash of one entry, bound to all links before it. Links are added behind the
/// writers by <see cref="AuditSealer"/>; the app role may add and read them, never alter or remove.
/// </summary>
public sealed class AuditLink : ITenantOwned
{
    public Guid TenantId { get; private set; }
    /// <summary>1, 2, 3 … without a gap.</summary>
    public required long Sequence { get; init; }
    public required Guid EntryId { get; init; }
    /// <summary>See <see cref="AuditHash.OfEntry"/>.</summary>
    public required byte[] EntryHash { get; init; }
    /// <summary>The chain hash of the link before; zeros before the first.</summary>
    public required byte[] PreviousHash { get; init; }
    /// <summary>See <see cref="AuditHash.OfLink"/>.</summary>
    public required byte[] ChainHash { get; init; }
    public required DateTimeOffset SealedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditLink>
    {
        public void Configure(EntityTypeBuilder<AuditLink> builder)
        {
            builder.ToTable("audit_chain");
            builder.HasKey(l => new { l.TenantId, l.Sequence });
            builder.HasIndex(l => new { l.TenantId, l.EntryId }).IsUnique();
        }
    }
}
