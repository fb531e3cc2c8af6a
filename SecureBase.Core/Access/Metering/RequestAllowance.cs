using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access.Metering;

/// <summary>
/// How many of an hour's requests have been handed out to nodes: one row per tenant, and one per key with a limit of its own.
/// What a node holds of it and has not used is all that its sudden death can waste.
/// </summary>
public sealed class RequestAllowance : ITenantOwned
{
    public Guid TenantId { get; private set; }
    /// <summary>The tenant itself, or one of its keys.</summary>
    public Guid SubjectId { get; private set; }
    /// <summary>Start of the hour that is counted, never going back.</summary>
    public DateTimeOffset WindowStart { get; private set; }
    /// <summary>Used, or held by a node.</summary>
    public int Leased { get; private set; }
    /// <summary>What the last lease got.</summary>
    public int Granted { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<RequestAllowance>
    {
        public void Configure(EntityTypeBuilder<RequestAllowance> builder)
        {
            builder.ToTable("request_allowances");
            builder.HasKey(a => new { a.TenantId, a.SubjectId });
        }
    }
}
