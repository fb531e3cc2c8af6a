using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>
/// What holds for a tenant's tickets from an instant on: a version of the policy and of the calendar, word for word. Never changed, so
/// that a ledger computed years later says the same; new terms are a new row.
/// </summary>
public sealed class AgreedTerms : ITenantOwned
{
    public Guid TenantId { get; private set; }
    /// <summary>1, 2, 3 … within the tenant, in the order of <see cref="From"/>.</summary>
    public required int Sequence { get; init; }
    public required DateTimeOffset From { get; init; }
    public required Plan Plan { get; init; }
    /// <summary>IANA name of the tenant's zone; a calendar that names none takes this one.</summary>
    public required string TimeZone { get; init; }
    public required int PolicyVersion { get; init; }
    public required int CalendarVersion { get; init; }
    /// <summary>A <see cref="SlaPolicySpec"/> as JSON.</summary>
    public required string Policy { get; init; }
    /// <summary>A <see cref="SlaCalendarSpec"/> as JSON.</summary>
    public required string Calendar { get; init; }

    /// <exception cref="InvalidOperationException">The stored words are none of ours.</exception>
    internal SlaTerms ToTerms()
    {
        List<FieldError> errors = [];
        var policy = SlaRules.Policy(JsonSerializer.Deserialize<SlaPolicySpec>(Policy, WireJson.Options), Enum.GetValues<TicketPriority>(), errors);
        var calendar = SlaRules.Calendar(SlaDefaults.In(TimeZone, JsonSerializer.Deserialize<SlaCalendarSpec>(Calendar, WireJson.Options)!), errors);
        if (policy is null || calendar is null)
            throw new InvalidOperationException($"The agreed terms {Sequence} of tenant {TenantId} cannot be read: {string.Join(' ', errors.Select(e => $"{e.Field}: {e.Message}"))}");
        return new SlaTerms(From, policy, calendar) { PolicyVersion = $"{WireName.Of(Plan)} policy, version {PolicyVersion}", CalendarVersion = $"{WireName.Of(Plan)} calendar, version {CalendarVersion}" };
    }

    internal sealed class Configuration : IEntityTypeConfiguration<AgreedTerms>
    {
        public void Configure(EntityTypeBuilder<AgreedTerms> builder)
        {
            builder.ToTable("sla_terms");
            builder.HasKey(t => new { t.TenantId, t.Sequence });
            builder.Property(t => t.From).HasColumnName("from_at");
            builder.Property(t => t.Plan).HasWireName();
            builder.Property(t => t.TimeZone).HasMaxLength(64);
            builder.Property(t => t.Policy).HasColumnType("jsonb");
            builder.Property(t => t.Calendar).HasColumnType("jsonb");
        }
    }
}
