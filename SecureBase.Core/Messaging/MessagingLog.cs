using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Messaging;

internal static partial class MessagingLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A subscriber of live signals failed; it stays subscribed")]
    internal static partial void LiveSubscriberFailed(ILogger logger, Exception failure);
}
