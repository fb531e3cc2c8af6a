using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Access;

internal static partial class AccessLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Watching for changes of access was interrupted; trying again. Until it works, nothing remembered is trusted")]
    public static partial void WatchInterrupted(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Last uses of API keys could not be written down, or unused requests not given back; trying again")]
    public static partial void MetersNotSettled(this ILogger log, Exception failure);
}
