using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SecureBase.Core.Access;

/// <summary>How many tries came from one network address within one stretch of time, counted for all nodes and all tenants together.</summary>
public sealed class AttemptWindow
{
    /// <summary>What is counted and for whom: <c>sign-in 203.0.113.9</c>.</summary>
    public required string Key { get; init; }
    public required DateTimeOffset EndsAt { get; init; }
    public required int Count { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<AttemptWindow>
    {
        public void Configure(EntityTypeBuilder<AttemptWindow> builder)
        {
            builder.ToTable("attempt_windows");
            builder.HasKey(w => w.Key);
            builder.Property(w => w.Key).HasMaxLength(80);
            builder.HasIndex(w => w.EndsAt);
        }
    }
}
