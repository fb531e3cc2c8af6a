using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Webhooks;

internal static partial class WebhooksLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Recovering deliveries failed; it goes on where it was")]
    internal static partial void RecoveryFailed(ILogger logger, Exception failure);
}
