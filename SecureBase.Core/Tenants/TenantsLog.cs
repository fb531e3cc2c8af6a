using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Tenants;

internal static partial class TenantsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {Attempt} at export {ExportId} of tenant {TenantId} failed")]
    internal static partial void ExportFailed(this ILogger log, Exception failure, Guid exportId, Guid tenantId, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Another node took over export {ExportId} of tenant {TenantId}")]
    internal static partial void ExportLost(this ILogger log, Guid exportId, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Exports that wait could not be looked for; trying again")]
    internal static partial void ExportsNotLookedFor(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Tenant {TenantId} is off-boarded: {Rows} rows deleted")]
    internal static partial void Offboarded(this ILogger log, Guid tenantId, long rows);
}
