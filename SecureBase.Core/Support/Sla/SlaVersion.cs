using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>
/// What the provider promises the tenants of a plan, as one saved version: policy and calendar. Rows of the operator, never changed;
/// without one, version 1 is <see cref="SlaDefaults"/>. Tenants take it over as <see cref="AgreedTerms"/>.
/// </summary>
public sealed class SlaVersion : ITenantOwned
{
    public Guid TenantId { get; private set; }
    public required Plan Plan { get; init; }
    /// <summary>2, 3, 4 … within the plan.</summary>
    public required int Version { get; init; }
    /// <summary>Grows only when the policy's words changed.</summary>
    public required int PolicyVersion { get; init; }
    /// <summary>Grows only when the calendar's words changed.</summary>
    public required int CalendarVersion { get; init; }
    /// <summary>A <see cref="SlaPolicySpec"/> as JSON.</summary>
    public required string Policy { get; init; }
    /// <summary>A <see cref="SlaCalendarSpec"/> as JSON.</summary>
    public required string Calendar { get; init; }
    /// <summary>Why, in the author's words.</summary>
    public required string Note { get; init; }
    public required Guid AuthorId { get; init; }
    public required string AuthorName { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<SlaVersion>
    {
        public void Configure(EntityTypeBuilder<SlaVersion> builder)
        {
            builder.ToTable("sla_versions");
            builder.HasKey(v => new { v.TenantId, v.Plan, v.Version });
            builder.Property(v => v.Plan).HasWireName();
            builder.Property(v => v.Policy).HasColumnType("jsonb");
            builder.Property(v => v.Calendar).HasColumnType("jsonb");
            builder.Property(v => v.Note).HasMaxLength(500);
        }
    }
}
