using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>A sign-in whose password was right and whose second factor is missing. Good for one session, for ten minutes and for five wrong tries.</summary>
public sealed class SignInAttempt : ITenantOwned
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    public const int MaxFailures = 5;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required Guid PersonId { get; init; }
    /// <summary>Whether the person has no second factor yet and must set one up to go on.</summary>
    public required bool MustEnrol { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public int Failures { get; private set; }
    /// <summary>Set when it has become a session, or was used up.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<SignInAttempt>
    {
        public void Configure(EntityTypeBuilder<SignInAttempt> builder)
        {
            builder.ToTable("sign_in_attempts");
            builder.HasKey(a => a.Id);
            builder.Property(a => a.Id).ValueGeneratedNever();
            builder.HasIndex(a => new { a.TenantId, a.ExpiresAt });
            builder.HasOne<Person>().WithMany().HasForeignKey(a => new { a.TenantId, a.PersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
        }
    }
}
