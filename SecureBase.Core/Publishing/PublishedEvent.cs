using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Publishing;

/// <summary>That another system's event was taken in, so that sending it twice makes one. Kept as long as the delivery log.</summary>
public sealed class PublishedEvent : ITenantOwned
{
    public const int KeyMax = 255;

    private PublishedEvent() { }

    /// <param name="contentHash">SHA-256 of type and data.</param>
    public PublishedEvent(string key, Guid eventId, byte[] contentHash, DateTimeOffset at) => (Key, EventId, ContentHash, PublishedAt) = (key, eventId, contentHash, at);

    public Guid TenantId { get; private set; }
    /// <summary>The source's own id of the event.</summary>
    public string Key { get; private set; } = "";
    public Guid EventId { get; private set; }
    public byte[] ContentHash { get; private set; } = [];
    public DateTimeOffset PublishedAt { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PublishedEvent>
    {
        public void Configure(EntityTypeBuilder<PublishedEvent> builder)
        {
            builder.ToTable("published_events");
            builder.HasKey(e => new { e.TenantId, e.Key });
            builder.Property(e => e.Key).HasMaxLength(KeyMax).UseCollation("C");
            builder.HasIndex(e => new { e.TenantId, e.PublishedAt });
        }
    }
}
