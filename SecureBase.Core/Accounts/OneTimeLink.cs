using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Accounts;

/// <summary>What a mailed link is good for.</summary>
public enum LinkPurpose { Invitation, PasswordReset, EmailChange }

/// <summary>
/// A link that does one thing once. Its token is made while the mail is written and exists nowhere else; here is only its SHA-256,
/// so neither the database, its backups nor the outbox can be used to open anything.
/// </summary>
public sealed class OneTimeLink : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required LinkPurpose Purpose { get; init; }
    /// <summary>Whose account it is about; null for an invitation, and for a reset that was asked for in the name of nobody.</summary>
    public Guid? PersonId { get; init; }
    public Guid? InvitationId { get; init; }
    /// <summary>For a change of e-mail: the new address, where the link goes.</summary>
    public string? Email { get; init; }
    /// <summary>For a change of e-mail that was confirmed: the address before.</summary>
    public string? PreviousEmail { get; private set; }
    /// <summary>SHA-256 of the token, 32 bytes; null until the mail is written.</summary>
    public byte[]? Hash { get; private set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; private set; }
    /// <summary>A newer link took its place, or what it was for is no longer wanted.</summary>
    public DateTimeOffset? CancelledAt { get; private set; }

    public bool IsOpenAt(DateTimeOffset now) => UsedAt is null && CancelledAt is null && ExpiresAt > now;

    public void Use(DateTimeOffset at, string? previousEmail = null) => (UsedAt, PreviousEmail) = (at, previousEmail);

    internal sealed class Configuration : IEntityTypeConfiguration<OneTimeLink>
    {
        public void Configure(EntityTypeBuilder<OneTimeLink> builder)
        {
            builder.ToTable("one_time_links");
            builder.HasKey(l => l.Id);
            builder.Property(l => l.Id).ValueGeneratedNever();
            builder.Property(l => l.Purpose).HasWireName();
            builder.Property(l => l.Email).HasMaxLength(254);
            builder.Property(l => l.PreviousEmail).HasMaxLength(254);
            builder.HasOne<Person>().WithMany().HasForeignKey(l => new { l.TenantId, l.PersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
            builder.HasOne<Invitation>().WithMany().HasForeignKey(l => new { l.TenantId, l.InvitationId }).HasPrincipalKey(i => new { i.TenantId, i.Id });
            builder.HasIndex(l => new { l.TenantId, l.Hash }).IsUnique();
            builder.HasIndex(l => new { l.TenantId, l.PersonId });
            builder.HasIndex(l => new { l.TenantId, l.InvitationId });
            builder.HasIndex(l => new { l.TenantId, l.ExpiresAt });
        }
    }
}
