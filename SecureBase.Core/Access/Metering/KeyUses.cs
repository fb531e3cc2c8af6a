using Npgsql;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access.Metering;

/// <summary>Writes down when and from where keys were last used: one statement per tenant, each key at most once a minute over all nodes.</summary>
internal sealed class KeyUses(RequestMeters meters, NpgsqlDataSource source)
{
    private const string Write = """
        update api_keys k set last_used_at = u.at, last_used_from = u.origin
        from unnest($2, $3, $4) as u (id, at, origin)
        where k.tenant_id = $1 and k.id = u.id and (k.last_used_at is null or k.last_used_at <= u.at - interval '1 minute')
        returning k.id
        """;

    internal async Task WriteAsync(CancellationToken ct)
    {
        foreach (var ofTenant in meters.Keys.Where(k => k.HasUnwritten).GroupBy(k => k.TenantId))
        {
            var uses = ofTenant.Select(meter => (Meter: meter, Use: meter.Unwritten)).Where(u => u.Use is not null).Select(u => (u.Meter, Use: u.Use!.Value)).ToArray();
            HashSet<Guid> written = [];
            await using (var connection = await source.OpenForAsync(ofTenant.Key, ct))
            await using (var command = new NpgsqlCommand(Write, connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<Guid> { TypedValue = ofTenant.Key },
                    new NpgsqlParameter<Guid[]> { TypedValue = [.. uses.Select(w => w.Use.KeyId)] },
                    new NpgsqlParameter<DateTime[]> { TypedValue = [.. uses.Select(w => w.Use.At.UtcDateTime)] },
                    new NpgsqlParameter<string?[]> { TypedValue = [.. uses.Select(w => w.Use.From is { } from ? (from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from).ToString() : null)] },
                },
            })
            await using (var reader = await command.ExecuteReaderAsync(ct))
            {
                while (await reader.ReadAsync(ct))
                    written.Add(reader.GetGuid(0));
            }
            foreach (var (meter, use) in uses)
                meter.Offered(use, written.Contains(use.KeyId));
        }
    }
}
