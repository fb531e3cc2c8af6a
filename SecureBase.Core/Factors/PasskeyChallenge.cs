using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Factors;

/// <summary>What a passkey is asked for. A challenge made for one is worth nothing for another.</summary>
public enum PasskeyUse { SignIn, SecondFactor, Confirm, Register }

/// <summary>A challenge that was given to a browser: answered once, within minutes, on any node.</summary>
public sealed class PasskeyChallenge : ITenantOwned
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(6);

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required PasskeyUse Use { get; init; }
    /// <summary>Who must answer; null where the passkey itself says who it is.</summary>
    public Guid? PersonId { get; init; }
    /// <summary>What the handler wants to see again: the challenge and whom it was for. No secret.</summary>
    public required string State { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PasskeyChallenge>
    {
        public void Configure(EntityTypeBuilder<PasskeyChallenge> builder)
        {
            builder.ToTable("passkey_challenges");
            builder.HasKey(c => c.Id);
            builder.Property(c => c.Id).ValueGeneratedNever();
            builder.Property(c => c.Use).HasWireName();
            builder.HasIndex(c => new { c.TenantId, c.ExpiresAt });
        }
    }
}
