using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Factors;

/// <summary>A person's authenticator app: the secret it shares with us, sealed. A new secret waits beside the one in use until a code proves that the app has it.</summary>
public sealed class Authenticator : ITenantOwned
{
    /// <summary>What the secret in use is sealed for.</summary>
    public const string Purpose = "totp";

    /// <summary>What a secret on offer is sealed for.</summary>
    public const string PendingPurpose = "totp-offer";

    /// <summary>How long a secret that was shown waits for its first code.</summary>
    public static readonly TimeSpan PendingLifetime = TimeSpan.FromHours(1);

    public Guid TenantId { get; private set; }
    public required Guid PersonId { get; init; }
    /// <summary>Sealed; null until the first code was right.</summary>
    public byte[]? Secret { get; private set; }
    /// <summary>Since when the app counts as a second factor.</summary>
    public DateTimeOffset? ConfirmedAt { get; private set; }
    /// <summary>The last time step whose code was accepted: none is accepted twice, nor an older one after it (RFC 6238, section 5.2).</summary>
    public long LastStep { get; private set; }
    public DateTimeOffset? LastUsedAt { get; private set; }
    /// <summary>Sealed; shown, and not yet proved.</summary>
    public byte[]? PendingSecret { get; private set; }
    public DateTimeOffset? PendingSince { get; private set; }

    public bool IsConfirmed => Secret is not null;

    public bool IsPendingAt(DateTimeOffset now) => PendingSecret is not null && PendingSince + PendingLifetime > now;

    public void Offer(byte[] sealedSecret, DateTimeOffset now) => (PendingSecret, PendingSince) = (sealedSecret, now);

    /// <summary>The waiting secret, sealed anew for its use, takes the place of the one in use.</summary>
    public void Confirm(byte[] sealedSecret, long step, DateTimeOffset now)
    {
        (Secret, ConfirmedAt, LastStep, LastUsedAt) = (sealedSecret, now, step, now);
        (PendingSecret, PendingSince) = (null, null);
    }

    internal sealed class Configuration : IEntityTypeConfiguration<Authenticator>
    {
        public void Configure(EntityTypeBuilder<Authenticator> builder)
        {
            builder.ToTable("authenticators");
            builder.HasKey(a => new { a.TenantId, a.PersonId });
            builder.Property(a => a.Secret).IsSealed(Purpose);
            builder.Property(a => a.PendingSecret).IsSealed(PendingPurpose);
            builder.HasOne<Person>().WithMany().HasForeignKey(a => new { a.TenantId, a.PersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
        }
    }
}
