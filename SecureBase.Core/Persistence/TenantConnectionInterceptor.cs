using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Persistence;

/// <summary>
/// Sets <c>app.tenant_id</c> each time a context opens a connection, pooled reuse included, on the sync and the async
/// path alike. Without a tenant it is set to the empty string, which every policy reads as "no rows".
/// </summary>
internal sealed class TenantConnectionInterceptor : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = Command(connection, eventData);
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = Command(connection, eventData);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DbCommand Command(DbConnection connection, ConnectionEndEventData eventData) =>
        TenantSession.SetTenant(connection, (eventData.Context as SecureBaseDb)?.TenantId);
}
