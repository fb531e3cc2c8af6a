using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Reports;

/// <summary>
/// Says that the days of a ticket have to be counted anew: written in the transaction of every change of a ticket, taken away with the
/// counting. A row of its own for each change, so that writers never wait for each other or for the counting.
/// </summary>
public sealed class ChangedTicket : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TenantId { get; private set; }
    public required Guid TicketId { get; init; }
    /// <summary>A day (UTC) it has counted for and does not any more, where nothing else tells of it.</summary>
    public DateOnly? LeftDay { get; init; }
    /// <summary>When to count; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ChangedTicket>
    {
        public void Configure(EntityTypeBuilder<ChangedTicket> builder)
        {
            builder.ToTable("support_day_changes");
            builder.HasKey(c => c.Id);
            builder.Property(c => c.Id).ValueGeneratedNever();
            builder.HasOne<Ticket>().WithMany().HasForeignKey(c => new { c.TenantId, c.TicketId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
        }
    }
}
