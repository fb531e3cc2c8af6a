using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

/// <summary>A header as it was sent or received, and in that order.</summary>
public sealed record ExchangedHeader(string Name, string Value);

/// <summary>What an attempt over HTTP sent, besides the body that is stored with the event, and what came back.</summary>
public sealed record HttpExchange
{
    /// <summary>So many bytes of an answer's body are kept.</summary>
    public const int MaxResponseBody = 20_000;

    /// <summary>So many characters of an answer's headers are kept, names and values.</summary>
    public const int MaxResponseHeaders = 8_000;

    public required string Url { get; init; }
    /// <summary>Without the values of those that hold secrets.</summary>
    public required IReadOnlyList<ExchangedHeader> RequestHeaders { get; init; }
    /// <summary>Null when no answer came.</summary>
    public int? StatusCode { get; init; }
    public IReadOnlyList<ExchangedHeader> ResponseHeaders { get; init; } = [];
    /// <summary>The first <see cref="MaxResponseBody"/> bytes at most.</summary>
    public byte[] ResponseBody { get; init; } = [];
    /// <summary>The answer went on.</summary>
    public bool ResponseTruncated { get; init; }
}

/// <summary>The exchange of one attempt, as it is kept. Never changed.</summary>
public sealed class DeliveryExchange : ITenantOwned
{
    private DeliveryExchange() { }

    public Guid TenantId { get; private set; }
    public Guid DeliveryId { get; private set; }
    public int Number { get; private set; }
    public string Url { get; private set; } = "";
    /// <summary>JSON, see <see cref="ReadHeaders"/>.</summary>
    public string RequestHeaders { get; private set; } = "[]";
    public string ResponseHeaders { get; private set; } = "[]";
    public byte[] ResponseBody { get; private set; } = [];
    public bool ResponseTruncated { get; private set; }

    internal static string WriteHeaders(IReadOnlyList<ExchangedHeader> headers) => JsonSerializer.Serialize(headers.Select(h => new[] { h.Name, h.Value }));

    public static IReadOnlyList<ExchangedHeader> ReadHeaders(string json) => [.. JsonSerializer.Deserialize<string[][]>(json)!.Select(pair => new ExchangedHeader(pair[0], pair[1]))];

    internal sealed class Configuration : IEntityTypeConfiguration<DeliveryExchange>
    {
        public void Configure(EntityTypeBuilder<DeliveryExchange> builder)
        {
            builder.ToTable("delivery_exchanges");
            builder.HasKey(e => new { e.TenantId, e.DeliveryId, e.Number });
            builder.Property(e => e.RequestHeaders).HasColumnType("jsonb");
            builder.Property(e => e.ResponseHeaders).HasColumnType("jsonb");
            builder.HasOne<DeliveryAttempt>().WithOne().HasForeignKey<DeliveryExchange>(e => new { e.TenantId, e.DeliveryId, e.Number });
        }
    }
}

/// <summary>The exact bytes a channel sends for an event, fixed when the event was fanned out and the same for every target and attempt.</summary>
public sealed class DeliveryPayload : ITenantOwned
{
    private DeliveryPayload() { }

    public Guid TenantId { get; private set; }
    public Guid EventId { get; private set; }
    public string Channel { get; private set; } = "";
    public byte[] Body { get; private set; } = [];

    internal sealed class Configuration : IEntityTypeConfiguration<DeliveryPayload>
    {
        public void Configure(EntityTypeBuilder<DeliveryPayload> builder)
        {
            builder.ToTable("delivery_payloads");
            builder.HasKey(p => new { p.TenantId, p.EventId, p.Channel });
            builder.Property(p => p.Channel).HasMaxLength(Delivery.MaxChannelLength).UseCollation("C");
            builder.HasOne<OutboxEvent>().WithMany().HasForeignKey(p => new { p.TenantId, p.EventId }).HasPrincipalKey(e => new { e.TenantId, e.Id });
        }
    }
}
