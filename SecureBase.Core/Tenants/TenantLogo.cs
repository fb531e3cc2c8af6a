using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>The picture a tenant shows in its portal and where its people sign in; one per tenant.</summary>
public sealed class TenantLogo : ITenantOwned
{
    private TenantLogo() { }

    internal TenantLogo(Guid version, LogoImage image) => Replace(version, image);

    public Guid TenantId { get; private set; }
    /// <summary>In the picture's address, so that a browser may keep it for ever. Equal to <see cref="Tenant.LogoVersion"/>.</summary>
    public Guid Version { get; private set; }
    public string ContentType { get; private set; } = "";
    public int Width { get; private set; }
    public int Height { get; private set; }
    /// <summary>As <see cref="LogoImage"/> wrote it anew, never as it was sent.</summary>
    public byte[] Content { get; private set; } = [];

    internal void Replace(Guid version, LogoImage image) =>
        (Version, ContentType, Width, Height, Content) = (version, image.ContentType, image.Width, image.Height, image.Content);

    internal sealed class Configuration : IEntityTypeConfiguration<TenantLogo>
    {
        public void Configure(EntityTypeBuilder<TenantLogo> builder)
        {
            builder.ToTable("tenant_logos");
            builder.HasKey(l => l.TenantId);
            builder.Property(l => l.TenantId).ValueGeneratedNever();
            builder.Property(l => l.ContentType).HasMaxLength(24);
            builder.HasOne<Tenant>().WithOne().HasForeignKey<TenantLogo>(l => l.TenantId);
        }
    }
}
