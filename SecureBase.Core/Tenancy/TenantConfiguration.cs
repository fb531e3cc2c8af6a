using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SecureBase.Core.Tenancy;

internal sealed class TenantConfiguration : IEntityTypeConfiguration<Tenant>
{
    public void Configure(EntityTypeBuilder<Tenant> builder)
    {
        builder.ToTable("tenants");
        builder.HasKey(t => t.Id);
        builder.Property(t => t.Id).ValueGeneratedNever();
        builder.Property(t => t.Slug).HasMaxLength(40);
        builder.Property(t => t.Name).HasMaxLength(120);
        builder.Property(t => t.Kind).HasWireName();
        builder.Property(t => t.Status).HasWireName();
        builder.Property(t => t.Plan).HasWireName();
        builder.Property(t => t.TimeZone).HasMaxLength(64);
        builder.Property(t => t.Accent).HasMaxLength(7);
        builder.Property(t => t.OffboardedRows).HasColumnType("jsonb");
        builder.Property(t => t.Version).IsConcurrencyToken().HasDefaultValue(1).ValueGeneratedNever();
        builder.Ignore(t => t.Quotas);
        builder.Property(t => t.UsersQuota);
        builder.Property(t => t.ApiRequestsQuota);
        builder.Property(t => t.WebhookEndpointsQuota);
        builder.Property(t => t.TicketsQuota);
        builder.HasIndex(t => t.Slug).IsUnique();
    }
}
