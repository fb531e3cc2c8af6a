using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Persistence;

/// <summary>The remembered answer to a request that carried an Idempotency-Key.</summary>
public sealed class IdempotentRequest : ITenantOwned
{
    /// <summary>How long a repeat of the request gets the same answer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public Guid TenantId { get; private set; }
    public required Guid CallerId { get; init; }
    public required string Key { get; init; }
    /// <summary>SHA-256 over method, path and body.</summary>
    public required byte[] RequestHash { get; init; }
    /// <summary>The use case's result as JSON, written in the same transaction as the change.</summary>
    public required string Result { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<IdempotentRequest>
    {
        public void Configure(EntityTypeBuilder<IdempotentRequest> builder)
        {
            builder.ToTable("idempotent_requests");
            builder.HasKey(r => new { r.TenantId, r.CallerId, r.Key });
            builder.Property(r => r.Key).HasMaxLength(255);
            builder.Property(r => r.Result).HasColumnType("jsonb");
            builder.HasIndex(r => new { r.TenantId, r.CreatedAt });
        }
    }
}

/// <summary>
/// The Idempotency-Key of this request, if any. <see cref="UnitOfWork"/> stores the result under it in the transaction of
/// the change itself, so that a crash leaves either both or neither.
/// </summary>
public sealed class IdempotencyScope
{
    public string? Key { get; private set; }
    public byte[] RequestHash { get; private set; } = [];

    /// <summary>Starts remembering; called once by the API before the use case runs.</summary>
    public void Begin(string key, byte[] requestHash) => (Key, RequestHash) = (key, requestHash);

    /// <summary>Set by <see cref="UnitOfWork"/> when the first change of this request has stored its result.</summary>
    public bool Stored { get; internal set; }
}
