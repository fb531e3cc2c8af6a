using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Factors;

/// <summary>A public key of a person's device or security key (WebAuthn credential), bound to the tenant's own host.</summary>
public sealed class Passkey : ITenantOwned
{
    public const int NameMax = 60;

    /// <summary>So many a person may have.</summary>
    public const int MaxPerPerson = 20;

    private Passkey() { }

    internal Passkey(Guid personId, string name, UserPasskeyInfo made)
    {
        PersonId = personId;
        Name = name;
        CreatedAt = made.CreatedAt;
        CredentialId = made.CredentialId;
        PublicKey = made.PublicKey;
        Transports = made.Transports ?? [];
        IsUserVerified = made.IsUserVerified;
        IsBackupEligible = made.IsBackupEligible;
        Update(made);
    }

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public Guid PersonId { get; private set; }
    /// <summary>The person's own name for it.</summary>
    public string Name { get; private set; } = "";
    /// <summary>The authenticator's name for it: up to 1,023 bytes.</summary>
    public byte[] CredentialId { get; private set; } = [];
    /// <summary>COSE key.</summary>
    public byte[] PublicKey { get; private set; } = [];
    /// <summary>The authenticator's counter at the last use; 0 where it keeps none. One that does not grow is refused as a copy's.</summary>
    public long SignCount { get; private set; }
    public string[] Transports { get; private set; } = [];
    public bool IsUserVerified { get; private set; }
    public bool IsBackupEligible { get; private set; }
    public bool IsBackedUp { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? LastUsedAt { get; private set; }

    public void Rename(string name) => Name = name;

    internal void Update(UserPasskeyInfo info) => (SignCount, IsBackedUp) = (info.SignCount, info.IsBackedUp);

    internal void Used(UserPasskeyInfo info, DateTimeOffset at)
    {
        Update(info);
        LastUsedAt = at;
    }

    /// <summary>As ASP.NET Core Identity's handler knows it.</summary>
    internal UserPasskeyInfo ToInfo() =>
        new(CredentialId, PublicKey, CreatedAt, (uint)SignCount, Transports, IsUserVerified, IsBackupEligible, IsBackedUp, attestationObject: [], clientDataJson: []) { Name = Name };

    internal sealed class Configuration : IEntityTypeConfiguration<Passkey>
    {
        public void Configure(EntityTypeBuilder<Passkey> builder)
        {
            builder.ToTable("passkeys");
            builder.HasKey(p => p.Id);
            builder.Property(p => p.Id).ValueGeneratedNever();
            builder.Property(p => p.Name).HasMaxLength(NameMax);
            builder.HasIndex(p => new { p.TenantId, p.PersonId });
            builder.HasIndex(p => new { p.TenantId, p.CredentialId }).IsUnique();
            builder.HasOne<Person>().WithMany().HasForeignKey(p => new { p.TenantId, p.PersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
        }
    }
}
