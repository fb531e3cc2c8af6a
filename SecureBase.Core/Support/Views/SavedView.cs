using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Identity;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Views;

/// <summary>A named set of filters over the queue, its owner's own or shared with all staff. Belongs to the operator.</summary>
public sealed class SavedView : ITenantOwned
{
    private SavedView() { }

    public SavedView(Guid id, PersonRef owner, string name, string filter, bool shared, DateTimeOffset at)
    {
        (Id, OwnerId, OwnerName, CreatedAt, Version) = (id, owner.Id, owner.Name, at, 0);
        Set(name, filter, shared, at);
    }

    public Guid Id { get; private set; }
    public Guid TenantId { get; private set; }
    public Guid OwnerId { get; private set; }
    public string OwnerName { get; private set; } = "";
    public string Name { get; private set; } = "";
    /// <summary>The queue's query string, as its page wrote it.</summary>
    public string Filter { get; private set; } = "";
    public bool IsShared { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }

    internal void Set(string name, string filter, bool shared, DateTimeOffset at) =>
        (Name, Filter, IsShared, UpdatedAt, Version) = (name, filter, shared, at, Version + 1);

    internal SavedViewSummary ToSummary(Guid reader) => new(Id, Name, Filter, IsShared, OwnerId == reader, OwnerName, Version);

    internal sealed class Configuration : IEntityTypeConfiguration<SavedView>
    {
        public void Configure(EntityTypeBuilder<SavedView> builder)
        {
            builder.ToTable("saved_views");
            builder.HasKey(v => v.Id);
            builder.Property(v => v.Id).ValueGeneratedNever();
            builder.Property(v => v.OwnerName).HasMaxLength(120);
            builder.Property(v => v.Name).HasMaxLength(SavedViewService.NameMax);
            builder.Property(v => v.Filter).HasMaxLength(SavedViewService.FilterMax);
            builder.Property(v => v.Version).IsConcurrencyToken();
            builder.HasOne<Person>().WithMany().HasForeignKey(v => new { v.TenantId, v.OwnerId }).HasPrincipalKey(p => new { p.TenantId, p.Id });
            builder.HasIndex(v => new { v.TenantId, v.OwnerId });
        }
    }
}
