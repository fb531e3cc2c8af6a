using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Support;

internal static partial class SupportLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Closed {Count} silent tickets of tenant {TenantId}")]
    internal static partial void SilentClosed(this ILogger log, int count, Guid? tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep over the clocks failed; its next turn comes in a second")]
    internal static partial void SweepFailed(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "One change of several at once failed, on ticket {TicketId}; the others go on")]
    internal static partial void BulkChangeFailed(this ILogger log, Exception failure, Guid ticketId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Purged {Count} tickets of tenant {TenantId} whose time of keeping was over")]
    internal static partial void ClosedPurged(this ILogger log, int count, Guid? tenantId);
}
