using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>
/// A key for the API. Only SHA-256 of its secret is stored; it acts as its own service person of the tenant, who stays when the
/// key has ended, because tickets and audit name them. After a rotation two secrets work until the old one's grace ends.
/// </summary>
public sealed class ApiKey : ITenantOwned
{
    public const int NameMax = 80;
    public const int DescriptionMax = 400;

    /// <summary>How long the old secret works beside the new one.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    private ApiKey() { }

    public ApiKey(Guid id, Guid servicePersonId, byte[] hash, string lastFour, IReadOnlyList<string> scopes, ApiKeyTerms terms, Actor createdBy, DateTimeOffset at)
    {
        Id = id;
        ServicePersonId = servicePersonId;
        Hash = hash;
        LastFour = lastFour;
        Scopes = [.. scopes];
        CreatedById = createdBy.PersonId;
        CreatedByName = createdBy.Name;
        CreatedAt = at;
        Apply(terms);
    }

    public Guid Id { get; private set; }
    public Guid TenantId { get; private set; }
    public string Name { get; private set; } = "";
    public string? Description { get; private set; }
    public Guid ServicePersonId { get; private set; }
    /// <summary>SHA-256 of the whole secret, 32 bytes.</summary>
    public byte[] Hash { get; private set; } = [];
    /// <summary>The last four characters, to tell keys apart.</summary>
    public string LastFour { get; private set; } = "";
    /// <summary>Counts the secrets this key has had, from 1.</summary>
    public int SecretNumber { get; private set; } = 1;
    public byte[]? PreviousHash { get; private set; }
    public string? PreviousLastFour { get; private set; }
    /// <summary>The instant from which the old secret works no more.</summary>
    public DateTimeOffset? PreviousEndsAt { get; private set; }
    public string[] Scopes { get; private set; } = [];
    /// <summary>Networks as <see cref="Access.IpAllowList"/> writes them; empty lets every address in.</summary>
    public string[] IpAllowList { get; private set; } = [];
    /// <summary>A limit below the tenant's; null for none of its own.</summary>
    public int? RequestsPerHour { get; private set; }
    public Guid? CreatedById { get; private set; }
    public string CreatedByName { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? ExpiresAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }
    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }
    public string? LastUsedFrom { get; private set; }
    /// <summary>Grows with every change but use.</summary>
    public int Version { get; private set; } = 1;

    public ApiKeyTerms Terms => new(Name, Description, IpAllowList, RequestsPerHour, ExpiresAt);

    public bool IsLive(DateTimeOffset at) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > at);

    /// <summary>Whether an old secret still works.</summary>
    public bool IsInGrace(DateTimeOffset at) => PreviousEndsAt > at && IsLive(at);

    public void Edit(ApiKeyTerms terms)
    {
        Apply(terms);
        Version++;
    }

    /// <summary>Takes a new secret; the present one becomes the old one, for <see cref="Grace"/>.</summary>
    /// <exception cref="InvalidOperationException">An old secret still works, or the key has ended.</exception>
    public void Rotate(byte[] hash, string lastFour, DateTimeOffset at)
    {
        if (!IsLive(at) || IsInGrace(at))
            throw new InvalidOperationException("A key has at most two secrets, and none once it has ended.");
        (PreviousHash, PreviousLastFour, PreviousEndsAt) = (Hash, LastFour, at + Grace);
        (Hash, LastFour) = (hash, lastFour);
        SecretNumber++;
        Version++;
    }

    /// <summary>Ends the old secret before its time.</summary>
    public void EndPrevious(DateTimeOffset at)
    {
        if (!IsInGrace(at))
            return;
        PreviousEndsAt = at;
        Version++;
    }

    public void Revoke(DateTimeOffset at)
    {
        if (RevokedAt is not null)
            return;
        RevokedAt = at;
        Version++;
    }

    private void Apply(ApiKeyTerms terms) =>
        (Name, Description, IpAllowList, RequestsPerHour, ExpiresAt) = (terms.Name, terms.Description, [.. terms.IpAllowList], terms.RequestsPerHour, terms.ExpiresAt);

    internal sealed class Configuration : IEntityTypeConfiguration<ApiKey>
    {
        public void Configure(EntityTypeBuilder<ApiKey> builder)
        {
            builder.ToTable("api_keys");
            builder.HasKey(k => k.Id);
            builder.Ignore(k => k.Terms);
            builder.Property(k => k.Id).ValueGeneratedNever();
            builder.Property(k => k.Name).HasMaxLength(NameMax);
            builder.Property(k => k.Description).HasMaxLength(DescriptionMax);
            builder.Property(k => k.LastFour).HasMaxLength(4);
            builder.Property(k => k.PreviousLastFour).HasMaxLength(4);
            builder.Property(k => k.CreatedByName).HasMaxLength(120);
            builder.Property(k => k.LastUsedFrom).HasMaxLength(45);
            builder.HasOne<Person>().WithMany().HasForeignKey(k => new { k.TenantId, k.ServicePersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
            builder.HasIndex(k => new { k.TenantId, k.CreatedAt, k.Id });
            builder.HasIndex(k => k.Hash).IsUnique();
            builder.HasIndex(k => k.PreviousHash).IsUnique();
        }
    }
}

/// <summary>What may be changed about a key, in its final form.</summary>
public sealed record ApiKeyTerms(string Name, string? Description, IReadOnlyList<string> IpAllowList, int? RequestsPerHour, DateTimeOffset? ExpiresAt);
