using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Demo;

internal static partial class DemoLog
{
    [LoggerMessage(9001, LogLevel.Information, "Demo: added {Count} people in {Seconds:F1} s")]
    public static partial void PeopleAdded(this ILogger log, int count, double seconds);

    [LoggerMessage(9002, LogLevel.Information, "Demo: {Tenant} has its {Count} tickets of the last year, written in {Seconds:F1} s")]
    public static partial void HistoryWritten(this ILogger log, string tenant, int count, double seconds);

    [LoggerMessage(9003, LogLevel.Warning, "Demo: an act of {Tenant}'s history was refused: {Code}")]
    public static partial void HistoryActRefused(this ILogger log, string tenant, string code);

    [LoggerMessage(9004, LogLevel.Error, "Demo: {Reason}")]
    public static partial void NotSeeded(this ILogger log, string reason);

    [LoggerMessage(9005, LogLevel.Warning, "Demo: writing the history was interrupted, it goes on in {Seconds} s")]
    public static partial void HistoryInterrupted(this ILogger log, Exception failure, double seconds);
}
