using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Identity;

public enum PersonKind
{
    Human,
    /// <summary>Stands behind an API key: author and audit actor of what the key does; cannot sign in.</summary>
    Service,
}

/// <summary>A person of exactly one tenant; the provider's staff belong to the operator tenant. E-mail is unique per tenant.</summary>
public sealed class Person : IdentityUser<Guid>, ITenantOwned
{
    private Person() { }

    public Person(Guid id, PersonKind kind, string email, string displayName, string role, DateTimeOffset createdAt)
    {
        Id = id;
        Kind = kind;
        Email = UserName = email;
        DisplayName = displayName;
        Role = role;
        CreatedAt = createdAt;
        EmailConfirmed = true;
        LockoutEnabled = true;
        Version = 1;
    }

    public Guid TenantId { get; private set; }
    public PersonKind Kind { get; private set; }
    public string DisplayName { get; private set; } = "";
    /// <summary>A name from <see cref="Kernel.Roles"/>.</summary>
    public string Role { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    /// <summary>Since when this person may no longer come in; null while they may. What they did stays under their name.</summary>
    public DateTimeOffset? DeactivatedAt { get; private set; }
    /// <summary>When the password last changed; null for who never had one.</summary>
    public DateTimeOffset? PasswordSetAt { get; private set; }
    /// <summary>Grows with every change of name, e-mail, role or state; the ETag of the resource.</summary>
    public int Version { get; private set; }

    public bool IsActive => DeactivatedAt is null;

    public void Rename(string displayName) => (DisplayName, Version) = (displayName, Version + 1);

    public void ChangeRole(string role) => (Role, Version) = (role, Version + 1);

    public void Deactivate(DateTimeOffset at) => (DeactivatedAt, Version) = (at, Version + 1);

    public void Reactivate() => (DeactivatedAt, Version) = (null, Version + 1);

    /// <summary>Ends the time of waiting after too many wrong passwords.</summary>
    public void Unlock() => (LockoutEnd, AccessFailedCount, Version) = (null, 0, Version + 1);

    public void ChangeEmail(string email, string normalized)
    {
        Email = UserName = email;
        NormalizedEmail = NormalizedUserName = normalized;
        Version++;
    }

    /// <param name="hash">Of a password that <see cref="PasswordRules"/> accepts.</param>
    public void SetPassword(string hash, DateTimeOffset at)
    {
        (PasswordHash, PasswordSetAt) = (hash, at);
        SecurityStamp = Guid.CreateVersion7().ToString("N");
    }

    internal sealed class Configuration : IEntityTypeConfiguration<Person>
    {
        public void Configure(EntityTypeBuilder<Person> builder)
        {
            builder.ToTable("people");
            builder.HasAlternateKey(p => new { p.TenantId, p.Id });
            builder.Property(p => p.Kind).HasWireName();
            builder.Property(p => p.DisplayName).HasMaxLength(120);
            builder.Property(p => p.Role).HasMaxLength(24);
            builder.Property(p => p.Version).HasDefaultValue(1);
            builder.HasOne<Tenant>().WithMany().HasForeignKey(p => p.TenantId);
            builder.Metadata.RemoveIndex(builder.Metadata.FindIndex(builder.Metadata.FindProperty(nameof(NormalizedUserName))!)!);
            builder.Metadata.RemoveIndex(builder.Metadata.FindIndex(builder.Metadata.FindProperty(nameof(NormalizedEmail))!)!);
            builder.HasIndex(p => new { p.TenantId, p.NormalizedUserName }).IsUnique();
            builder.HasIndex(p => new { p.TenantId, p.NormalizedEmail }).IsUnique();
        }
    }
}

public sealed class PersonClaim : IdentityUserClaim<Guid>, ITenantOwned
{
    public Guid TenantId { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PersonClaim>
    {
        public void Configure(EntityTypeBuilder<PersonClaim> builder)
        {
            builder.ToTable("person_claims");
            builder.OwnedByPerson(c => new { c.TenantId, c.UserId });
        }
    }
}

public sealed class PersonLogin : IdentityUserLogin<Guid>, ITenantOwned
{
    public Guid TenantId { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PersonLogin>
    {
        public void Configure(EntityTypeBuilder<PersonLogin> builder)
        {
            builder.ToTable("person_logins");
            builder.HasKey(l => new { l.TenantId, l.LoginProvider, l.ProviderKey });
            builder.OwnedByPerson(l => new { l.TenantId, l.UserId });
        }
    }
}

public sealed class PersonToken : IdentityUserToken<Guid>, ITenantOwned
{
    public Guid TenantId { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PersonToken>
    {
        public void Configure(EntityTypeBuilder<PersonToken> builder)
        {
            builder.ToTable("person_tokens");
            builder.OwnedByPerson(t => new { t.TenantId, t.UserId });
        }
    }
}

internal static class PersonOwnership
{
    /// <summary>Replaces Identity's key on the person's id alone, which would ignore the tenant: foreign keys are not subject to row-level security.</summary>
    internal static void OwnedByPerson<T>(this EntityTypeBuilder<T> builder, System.Linq.Expressions.Expression<Func<T, object?>> key) where T : class
    {
        foreach (var foreignKey in builder.Metadata.GetForeignKeys().ToList())
            builder.Metadata.RemoveForeignKey(foreignKey);
        builder.HasOne<Person>().WithMany().HasForeignKey(key).HasPrincipalKey(p => new { p.TenantId, p.Id });
    }
}
