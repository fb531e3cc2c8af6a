using System.Data.Common;
using Npgsql;

namespace SecureBase.Core.Tenancy;

/// <summary>Connections of the <c>app</c> role that are bound to a tenant without EF, for the few paths written in SQL.</summary>
public static class TenantSession
{
    private const string EnterTenant = "select set_config('app.tenant_id', $1, false), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('lock_timeout', '500ms', true)";

    /// <summary>Opens a pooled connection and binds it to the tenant; the pool forgets the binding when it is returned.</summary>
    public static async Task<NpgsqlConnection> OpenForAsync(this NpgsqlDataSource source, Guid tenantId, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            await using var command = SetTenant(connection, tenantId);
            await command.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The first command of a batch on a connection that is bound to nobody: the same in the round trip of the batch, whose statements run by
    /// plans that are kept from the first use on, since making one takes longer than the statement, and wait half a second for a lock at most: other
    /// tenants' turns come after this one.
    /// </summary>
    internal static NpgsqlBatchCommand Enter(Guid tenantId) =>
        new(EnterTenant) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenantId.ToString() } } };

    internal static DbCommand SetTenant(DbConnection connection, Guid? tenantId)
    {
        var command = connection.CreateCommand();
        command.CommandText = "select set_config('app.tenant_id', $1, false)";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenantId?.ToString() ?? "" });
        return command;
    }
}
