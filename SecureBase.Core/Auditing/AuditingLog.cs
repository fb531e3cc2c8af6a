using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Auditing;

internal static partial class AuditingLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Audit entries of tenant {TenantId} could not be sealed; the poll tries again")]
    internal static partial void SealingFailed(ILogger logger, Exception failure, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenants with unsealed audit entries could not be read")]
    internal static partial void PollFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The audit chain of tenant {TenantId} is broken, and no anchor vouches for it any more: {Fault} Run verify-audit")]
    internal static partial void ChainBroken(ILogger logger, Guid tenantId, string fault);
}
