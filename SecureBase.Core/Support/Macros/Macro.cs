using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Macros;

/// <summary>A canned reply all staff can insert, with what it does to the ticket it is sent on. Belongs to the operator.</summary>
public sealed class Macro : ITenantOwned
{
    private Macro() { }

    internal Macro(Guid id, MacroText text, string author, DateTimeOffset at)
    {
        (Id, CreatedAt) = (id, at);
        Set(text, author, at);
    }

    public Guid Id { get; private set; }
    public Guid TenantId { get; private set; }
    public string Name { get; private set; } = "";
    /// <summary>Markdown with placeholders (see <see cref="MacroPlaceholders"/>).</summary>
    public string Body { get; private set; } = "";
    /// <summary>The status the ticket takes with the reply; null leaves it to the rules.</summary>
    public TicketStatus? Status { get; private set; }
    /// <summary>Added to the ticket with the reply.</summary>
    public string[] Tags { get; private set; } = [];
    public string UpdatedBy { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }

    internal void Set(MacroText text, string by, DateTimeOffset at) =>
        (Name, Body, Status, Tags, UpdatedBy, UpdatedAt, Version) = (text.Name, text.Body, text.Status, text.Tags, by, at, Version + 1);

    internal MacroView ToView() => new() { Id = Id, Name = Name, Body = Body, Status = Status, Tags = Tags, UpdatedBy = UpdatedBy, UpdatedAt = UpdatedAt, Version = Version };

    internal sealed class Configuration : IEntityTypeConfiguration<Macro>
    {
        public void Configure(EntityTypeBuilder<Macro> builder)
        {
            builder.ToTable("macros");
            builder.HasKey(m => m.Id);
            builder.Property(m => m.Id).ValueGeneratedNever();
            builder.Property(m => m.Name).HasMaxLength(MacroService.NameMax);
            builder.Property(m => m.UpdatedBy).HasMaxLength(120);
            builder.Property(m => m.Status).HasConversion<WireNameConverter<TicketStatus>>().HasMaxLength(24);
            builder.Property(m => m.Version).IsConcurrencyToken();
            builder.HasOne<Tenant>().WithMany().HasForeignKey(m => m.TenantId);
            builder.HasIndex(m => new { m.TenantId, m.Name }).IsUnique();
        }
    }
}
