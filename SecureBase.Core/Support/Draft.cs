using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>What a person has typed and not sent. Belongs to the person's own tenant, also when staff write about another tenant's ticket.</summary>
public sealed class Draft : ITenantOwned
{
    public Guid TenantId { get; private set; }
    public required Guid PersonId { get; init; }
    /// <summary>What it is for, e.g. <c>ticket/{id}/reply</c>, <c>ticket/new</c>; up to 120 characters.</summary>
    public required string Key { get; init; }
    /// <summary>JSON or Markdown, as its page wrote it; up to 32,000 characters.</summary>
    public required string Body { get; set; }
    public required DateTimeOffset UpdatedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Draft>
    {
        public void Configure(EntityTypeBuilder<Draft> builder)
        {
            builder.ToTable("drafts");
            builder.HasKey(d => new { d.TenantId, d.PersonId, d.Key });
            builder.Property(d => d.Key).HasMaxLength(120);
            builder.HasOne<Person>().WithMany().HasForeignKey(d => new { d.TenantId, d.PersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
        }
    }
}
