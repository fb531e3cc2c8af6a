namespace SecureBase.Portal.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(1001, LogLevel.Warning, "A page of another origin tried to open {Path}")]
    internal static partial void ForeignOrigin(this ILogger log, string path);

    [LoggerMessage(1002, LogLevel.Error, "{Method} {Path} failed")]
    internal static partial void RequestFailed(this ILogger log, Exception failure, string method, string path);

    [LoggerMessage(1003, LogLevel.Error, "{Method} {Path} failed: the database does not answer")]
    internal static partial void DatabaseUnreachable(this ILogger log, Exception failure, string method, string path);

    [LoggerMessage(1004, LogLevel.Warning, "Not ready: {Reason}")]
    internal static partial void NotReady(this ILogger log, string reason, Exception? failure);
}
