namespace SecureBase.Portal.Account;

internal static partial class AccountLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "A passkey's answer was refused: {Reason}")]
    public static partial void PasskeyRefused(this ILogger log, string reason);
}
