namespace SecureBase.Portal.Tenancy;

internal static partial class TenancyLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "An open connection could not be confirmed after a change of access and is cut off")]
    public static partial void ReviewFailed(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A circuit was refused: its tenant or session no longer holds")]
    public static partial void CircuitRefused(this ILogger log);
}
