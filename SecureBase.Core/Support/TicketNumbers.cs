using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support;

/// <summary>The last ticket number a tenant was given.</summary>
public sealed class TicketCounter : ITenantOwned
{
    public Guid TenantId { get; private set; }
    public int Last { get; private set; }

    internal sealed class Configuration : IEntityTypeConfiguration<TicketCounter>
    {
        public void Configure(EntityTypeBuilder<TicketCounter> builder)
        {
            builder.ToTable("ticket_counters");
            builder.HasKey(c => c.TenantId);
            builder.Property(c => c.TenantId).ValueGeneratedNever();
        }
    }
}

/// <summary>Hands out ticket numbers: never the same one twice within a tenant, gaps allowed.</summary>
public sealed class TicketNumbers(NpgsqlDataSource source, TenantContext tenant)
{
    // A short transaction of its own, so that concurrent openings do not queue on each other's longer ones. It need not
    // wait for the disk: the ticket that uses the number commits later in the same log, and is durable only after it.
    private const string Next = """
        insert into ticket_counters (tenant_id, last) values ($1, 1)
        on conflict (tenant_id) do update set last = ticket_counters.last + 1 returning last
        """;

    public async Task<string> NextAsync(CancellationToken ct)
    {
        var info = tenant.Tenant;
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("begin"),
                new NpgsqlBatchCommand("select set_config('app.tenant_id', $1, true), set_config('synchronous_commit', 'off', true)")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = info.Id.ToString() } },
                },
                new NpgsqlBatchCommand(Next) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = info.Id } } },
                new NpgsqlBatchCommand("commit"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        var number = reader.GetInt32(0);
        await reader.NextResultAsync(ct);
        return $"{TenantSlug.TicketPrefix(info.Slug)}-{number}";
    }
}
