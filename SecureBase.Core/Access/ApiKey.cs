using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>A key for the API. Only its SHA-256 is stored; it acts as its own service person of the tenant.</summary>
public sealed class ApiKey : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required string Name { get; init; }
    public required Guid ServicePersonId { get; init; }
    /// <summary>SHA-256 of the whole key text, 32 bytes.</summary>
    public required byte[] Hash { get; init; }
    /// <summary>The last four characters, to tell keys apart.</summary>
    public required string LastFour { get; init; }
    public required string[] Scopes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; private set; }

    public void Revoke(DateTimeOffset at) => RevokedAt ??= at;

    internal sealed class Configuration : IEntityTypeConfiguration<ApiKey>
    {
        public void Configure(EntityTypeBuilder<ApiKey> builder)
        {
            builder.ToTable("api_keys");
            builder.HasKey(k => k.Id);
            builder.Property(k => k.Id).ValueGeneratedNever();
            builder.Property(k => k.Name).HasMaxLength(80);
            builder.Property(k => k.LastFour).HasMaxLength(4);
            builder.HasOne<Person>().WithMany().HasForeignKey(k => new { k.TenantId, k.ServicePersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
            builder.HasIndex(k => new { k.TenantId, k.Name });
            builder.HasIndex(k => k.Hash).IsUnique();
        }
    }
}

/// <summary>The scopes a key may carry (product contract, section 2).</summary>
public static class ApiScopes
{
    public static readonly IReadOnlyList<string> Tenant =
    [
        "tickets:read", "tickets:write", "costs:read", "costs:write", "webhooks:manage", "notifications:read", "notifications:write",
        "events:publish", "team:manage", "audit:read", "keys:manage",
    ];

    /// <summary>Only for keys of the operator tenant.</summary>
    public static readonly IReadOnlyList<string> Operator = ["staff:support", "staff:tenants"];
}
