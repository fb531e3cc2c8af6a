namespace SecureBase.Portal.Support;

internal static partial class SupportPagesLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Presence on a ticket could not be shown or read; the page works on without it")]
    public static partial void PresenceFailed(this ILogger log, Exception failure);
}
