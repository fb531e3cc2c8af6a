using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>One sign-in of one person in one browser. The cookie names it; revoking it ends requests and circuits within five seconds.</summary>
public sealed class Session : ITenantOwned
{
    /// <summary>How long a session lives without a new sign-in.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>How long after a proof sensitive changes are made without another.</summary>
    public static readonly TimeSpan ConfirmationLifetime = TimeSpan.FromMinutes(10);

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required Guid PersonId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    /// <summary>How the person proved who they are: a name from <see cref="SignInMethods"/>.</summary>
    public string Method { get; init; } = SignInMethods.Password;
    /// <summary>When the person last proved it; sensitive changes ask again after <see cref="ConfirmationLifetime"/>.</summary>
    public required DateTimeOffset ConfirmedAt { get; init; }
    /// <summary>Exact to a minute.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }
    public DateTimeOffset? RevokedAt { get; private set; }
    public string? RemoteAddress { get; init; }
    public string? UserAgent { get; init; }

    public void Revoke(DateTimeOffset at) => RevokedAt ??= at;

    /// <summary>Whether more than a password stood behind it.</summary>
    public bool HasSecondFactor => SignInMethods.HasSecondFactor(Method);

    internal sealed class Configuration : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.ToTable("sessions");
            builder.Ignore(s => s.HasSecondFactor);
            builder.HasKey(s => s.Id);
            builder.Property(s => s.Id).ValueGeneratedNever();
            builder.Property(s => s.Method).HasMaxLength(40);
            builder.Property(s => s.UserAgent).HasMaxLength(400);
            builder.HasOne<Person>().WithMany().HasForeignKey(s => new { s.TenantId, s.PersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
            builder.HasIndex(s => new { s.TenantId, s.PersonId });
        }
    }
}
