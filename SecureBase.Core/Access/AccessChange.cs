using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

public enum AccessSubject { Tenant, Person, Session, ApiKey }

/// <summary>"Look again at who may come in": written with every suspension, revocation or change of role, read by every node within seconds.</summary>
public sealed class AccessChange : ITenantOwned
{
    public const string Channel = "securebase_access";

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; init; }
    public required AccessSubject Subject { get; init; }
    public required Guid SubjectId { get; init; }
    public required DateTimeOffset At { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<AccessChange>
    {
        public void Configure(EntityTypeBuilder<AccessChange> builder)
        {
            builder.ToTable("access_changes");
            builder.HasKey(c => c.Id);
            builder.Property(c => c.Id).ValueGeneratedNever();
            builder.Property(c => c.Subject).HasWireName();
            builder.HasIndex(c => c.At);
        }
    }
}
