using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

public enum AuditOutcome { Done, Refused }

/// <summary>Who did what, when, from where and with which outcome. Written in the transaction of the change; the app role may add and read, never alter.</summary>
public sealed class AuditEntry : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required DateTimeOffset At { get; init; }
    public Guid? ActorTenantId { get; init; }
    public Guid? ActorId { get; init; }
    public required string ActorName { get; init; }
    public required ActorKind ActorKind { get; init; }
    /// <summary>Noun and verb, e.g. <c>ticket.created</c>.</summary>
    public required string Action { get; init; }
    public string? SubjectKind { get; init; }
    public Guid? SubjectId { get; init; }
    public required AuditOutcome Outcome { get; init; }
    public string? RemoteAddress { get; init; }
    public string? TraceId { get; init; }
    /// <summary>JSON without secrets and without message texts.</summary>
    public string? Details { get; init; }
    /// <summary>Hidden from the tenant itself: only for acts a customer must not learn of, such as an internal note.</summary>
    public bool OperatorOnly { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> builder)
        {
            builder.ToTable("audit_entries");
            builder.HasKey(e => e.Id);
            builder.Property(e => e.Id).ValueGeneratedNever();
            builder.Property(e => e.ActorKind).HasWireName();
            builder.Property(e => e.Outcome).HasWireName();
            builder.Property(e => e.Details).HasColumnType("jsonb");
            builder.HasIndex(e => new { e.TenantId, e.At });
            builder.HasIndex(e => new { e.TenantId, e.SubjectId });
        }
    }
}
