using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Identity;

/// <summary>A place kept for someone who has not joined yet. Open until it is accepted or revoked; past its time it only waits to be sent again.</summary>
public sealed class Invitation : ITenantOwned
{
    /// <summary>How long an invitation can be accepted after it was sent.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private Invitation() { }

    public Invitation(Guid id, string email, string normalizedEmail, string? displayName, string role, Actor by, DateTimeOffset at)
    {
        Id = id;
        Email = email;
        NormalizedEmail = normalizedEmail;
        DisplayName = displayName;
        Role = role;
        InvitedByTenantId = by.TenantId;
        InvitedById = by.PersonId;
        InvitedByName = by.Name;
        CreatedAt = at;
        ExpiresAt = at + Lifetime;
        Version = 1;
    }

    public Guid Id { get; private set; }
    public Guid TenantId { get; private set; }
    public string Email { get; private set; } = "";
    public string NormalizedEmail { get; private set; } = "";
    /// <summary>What the inviter calls them; they may write it differently when they join.</summary>
    public string? DisplayName { get; private set; }
    public string Role { get; private set; } = "";
    public Guid InvitedByTenantId { get; private set; }
    public Guid InvitedById { get; private set; }
    public string InvitedByName { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset? AcceptedAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }
    /// <summary>Who came of it.</summary>
    public Guid? PersonId { get; private set; }
    public int Version { get; private set; }

    public bool IsOpen => AcceptedAt is null && RevokedAt is null;

    public void Accept(Guid personId, DateTimeOffset at) => (PersonId, AcceptedAt, Version) = (personId, at, Version + 1);

    public void Revoke(DateTimeOffset at) => (RevokedAt, Version) = (at, Version + 1);

    /// <summary>Its time begins anew.</summary>
    public void Renew(DateTimeOffset at) => (ExpiresAt, Version) = (at + Lifetime, Version + 1);

    internal sealed class Configuration : IEntityTypeConfiguration<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> builder)
        {
            builder.ToTable("invitations", table => table.HasAuthorCheck("invited_by_tenant_id"));
            builder.HasKey(i => i.Id);
            builder.HasAlternateKey(i => new { i.TenantId, i.Id });
            builder.Property(i => i.Id).ValueGeneratedNever();
            builder.Property(i => i.Email).HasMaxLength(254);
            builder.Property(i => i.NormalizedEmail).HasMaxLength(254);
            builder.Property(i => i.DisplayName).HasMaxLength(120);
            builder.Property(i => i.Role).HasMaxLength(24);
            builder.Property(i => i.InvitedByName).HasMaxLength(120);
            builder.HasOne<Person>().WithMany().HasForeignKey(i => new { i.TenantId, i.PersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
            builder.HasIndex(i => new { i.TenantId, i.NormalizedEmail }).IsUnique().HasFilter("accepted_at is null and revoked_at is null").HasDatabaseName("ix_invitations_open");
            builder.HasIndex(i => new { i.TenantId, i.CreatedAt });
        }
    }
}
