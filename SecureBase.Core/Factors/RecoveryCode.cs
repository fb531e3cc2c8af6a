using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Factors;

/// <summary>One of the codes that stand in for a lost second factor, once each. Stored as its hash only.</summary>
public sealed class RecoveryCode : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required Guid PersonId { get; init; }
    /// <summary>SHA-256; the code itself has 120 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UsedAt { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<RecoveryCode>
    {
        public void Configure(EntityTypeBuilder<RecoveryCode> builder)
        {
            builder.ToTable("recovery_codes");
            builder.HasKey(c => c.Id);
            builder.Property(c => c.Id).ValueGeneratedNever();
            builder.HasIndex(c => new { c.TenantId, c.PersonId, c.Hash }).IsUnique();
            builder.HasOne<Person>().WithMany().HasForeignKey(c => new { c.TenantId, c.PersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
        }
    }
}
