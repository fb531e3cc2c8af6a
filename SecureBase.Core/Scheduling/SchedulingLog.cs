using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Scheduling;

internal static partial class SchedulingLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The database has no schedule of Quartz {Version} yet, so no job runs: run 'migrate'. Looking again soon")]
    internal static partial void SchemaMissing(this ILogger log, Version version);

    [LoggerMessage(Level = LogLevel.Error, Message = "The schedule could not be started on this node; trying again soon")]
    internal static partial void NotStarted(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A job failed in tenant {TenantId}; the others are served, and this one again the next time")]
    internal static partial void TenantFailed(this ILogger log, Exception failure, Guid tenantId);
}
