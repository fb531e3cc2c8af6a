using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Reports;

/// <summary>
/// What happened in one tenant's support on one day (UTC), by plan, category and agent. It holds no ticket, no name and no text, so it
/// stays when tickets are purged. Times are kept as they were, second by second, so that percentiles over any number of days are true ones.
/// </summary>
public sealed class SupportDay : ITenantOwned
{
    private SupportDay() { }

    public Guid TenantId { get; private set; }
    public DateOnly Day { get; private set; }
    /// <summary>What the tenant had agreed to at the time.</summary>
    public Plan Plan { get; private set; }
    public TicketCategory Category { get; private set; }
    /// <summary>Whose ticket it is, for <see cref="Replies"/> who wrote them; <see cref="Guid.Empty"/> for nobody.</summary>
    public Guid AgentId { get; private set; }
    /// <summary>True for the share of purged tickets, which is only ever added to; false for that of the tickets there are, which is counted anew whenever one of them changes.</summary>
    public bool IsKept { get; private set; }
    public int Opened { get; private set; }
    /// <summary>Tickets that are resolved or closed and became so on this day; one that is reopened leaves it.</summary>
    public int Resolved { get; private set; }
    /// <summary>Public messages of staff.</summary>
    public int Replies { get; private set; }
    /// <summary>Seconds from the creation to the first public reply of staff, for those given on this day, in no order.</summary>
    public int[] FirstResponseSeconds { get; private set; } = [];
    /// <summary>Seconds from the creation to the resolution, for each of <see cref="Resolved"/>, in no order.</summary>
    public int[] ResolutionSeconds { get; private set; } = [];
    /// <summary>Clocks that ended on this day within their target.</summary>
    public int FirstResponseMet { get; private set; }
    /// <summary>Clocks that ran over their target on this day, ended since or not.</summary>
    public int FirstResponseBreached { get; private set; }
    public int NextResponseMet { get; private set; }
    public int NextResponseBreached { get; private set; }
    public int ResolutionMet { get; private set; }
    public int ResolutionBreached { get; private set; }
    /// <summary>Ratings that stand, on the day they were given.</summary>
    public int Ratings { get; private set; }
    /// <summary>The sum of their scores, 1–5 each.</summary>
    public int RatingSum { get; private set; }
    /// <summary>Those of 4 and 5.</summary>
    public int Satisfied { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<SupportDay>
    {
        public void Configure(EntityTypeBuilder<SupportDay> builder)
        {
            builder.ToTable("support_days");
            builder.HasKey(d => new { d.TenantId, d.Day, d.Plan, d.Category, d.AgentId, d.IsKept });
            builder.Property(d => d.Plan).HasWireName();
            builder.Property(d => d.Category).HasWireName();
        }
    }
}
