using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Teams;

/// <summary>A group of staff that tickets are given to. Belongs to the operator.</summary>
public sealed class SupportTeam : ITenantOwned
{
    private SupportTeam() { }

    internal SupportTeam(Guid id, Guid tenantId, TeamText text, string by, DateTimeOffset at)
    {
        (Id, TenantId, CreatedAt) = (id, tenantId, at);
        Set(text, [], by, at);
    }

    public Guid Id { get; private set; }
    public Guid TenantId { get; private set; }
    public string Name { get; private set; } = "";
    /// <summary>What it is for, in one line; may be empty.</summary>
    public string Purpose { get; private set; } = "";
    public string UpdatedBy { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }
    public ICollection<SupportTeamMember> Members { get; private set; } = [];

    /// <param name="staff">Who can be named; members who cannot, for they are deactivated, stay until they can.</param>
    internal void Set(TeamText text, IReadOnlyList<PersonRef> staff, string by, DateTimeOffset at)
    {
        (Name, Purpose, UpdatedBy, UpdatedAt, Version) = (text.Name, text.Purpose, by, at, Version + 1);
        foreach (var gone in Members.Where(m => !text.Members.Contains(m.PersonId) && staff.Any(p => p.Id == m.PersonId)).ToList())
            Members.Remove(gone);
        foreach (var person in text.Members.Except(Members.Select(m => m.PersonId)).ToList())
            Members.Add(new SupportTeamMember(TenantId, Id, person));
    }

    internal sealed class Configuration : IEntityTypeConfiguration<SupportTeam>
    {
        public void Configure(EntityTypeBuilder<SupportTeam> builder)
        {
            builder.ToTable("support_teams");
            builder.HasKey(t => t.Id);
            builder.HasAlternateKey(t => new { t.TenantId, t.Id });
            builder.Property(t => t.Id).ValueGeneratedNever();
            builder.Property(t => t.Name).HasMaxLength(SupportTeamService.NameMax);
            builder.Property(t => t.Purpose).HasMaxLength(SupportTeamService.PurposeMax);
            builder.Property(t => t.UpdatedBy).HasMaxLength(120);
            builder.Property(t => t.Version).IsConcurrencyToken();
            builder.HasOne<Tenant>().WithMany().HasForeignKey(t => t.TenantId);
            builder.HasIndex(t => new { t.TenantId, t.Name }).IsUnique();
        }
    }
}

/// <summary>One of the staff in a team. Whoever is deactivated stays in it and is not shown.</summary>
public sealed class SupportTeamMember : ITenantOwned
{
    private SupportTeamMember() { }

    internal SupportTeamMember(Guid tenantId, Guid teamId, Guid personId) => (TenantId, TeamId, PersonId) = (tenantId, teamId, personId);

    public Guid TenantId { get; private set; }
    public Guid TeamId { get; private set; }
    public Guid PersonId { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<SupportTeamMember>
    {
        public void Configure(EntityTypeBuilder<SupportTeamMember> builder)
        {
            builder.ToTable("support_team_members");
            builder.HasKey(m => new { m.TenantId, m.TeamId, m.PersonId });
            builder.HasOne<SupportTeam>().WithMany(t => t.Members).HasForeignKey(m => new { m.TenantId, m.TeamId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
            builder.HasOne<Person>().WithMany().HasForeignKey(m => new { m.TenantId, m.PersonId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
        }
    }
}
