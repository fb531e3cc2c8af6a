using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

/// <summary>
/// Vouches for a stretch of a tenant's audit chain: where it begins, which is after what retention has purged, and where it
/// ended when the anchor was cast. The seal needs the master key, which the database does not hold, so whoever owns the
/// database can neither move the beginning nor rebuild what an anchor vouches for.
/// </summary>
public sealed class AuditAnchor : ITenantOwned
{
    /// <summary>What <see cref="Seal"/> is sealed for.</summary>
    internal const string Purpose = "audit_anchor";

    public Guid TenantId { get; private set; }
    /// <summary>1, 2, 3 … without a gap.</summary>
    public required long Number { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>The last link that retention has purged; 0 when none was.</summary>
    public required long BaseSequence { get; init; }
    public required byte[] BaseHash { get; init; }
    /// <summary>The last link vouched for.</summary>
    public required long Sequence { get; init; }
    public required byte[] ChainHash { get; init; }
    /// <summary>All of the above, sealed.</summary>
    public byte[]? Seal { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditAnchor>
    {
        public void Configure(EntityTypeBuilder<AuditAnchor> builder)
        {
            builder.ToTable("audit_anchors");
            builder.HasKey(a => new { a.TenantId, a.Number });
            builder.Property(a => a.Seal).IsSealed(Purpose);
        }
    }
}
