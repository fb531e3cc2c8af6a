using Npgsql;

namespace SecureBase.Core.Tenancy;

/// <summary>Which tenants there is work in, asked before any tenant is entered: of routing functions, which return ids and nothing else.</summary>
internal static class RoutedTenants
{
    /// <param name="source">Of the app role.</param>
    /// <param name="query">Selects <c>tenant_id</c> from a routing function; <c>$1</c> is <paramref name="at"/>.</param>
    /// <param name="at">Null for a function that takes no instant.</param>
    internal static async Task<List<Guid>> TenantsAsync(this NpgsqlDataSource source, string query, DateTimeOffset? at, CancellationToken ct)
    {
        await using var command = source.CreateCommand(query);
        if (at is { } instant)
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = instant });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Guid> ids = [];
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
