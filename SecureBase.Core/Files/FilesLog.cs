using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Files;

internal static partial class FilesLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "File {FileId} of tenant {TenantId} could not be scanned; nobody gets it until it is, and it is tried again")]
    internal static partial void ScanFailed(this ILogger log, Exception failure, Guid fileId, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "File {FileId} of tenant {TenantId} is refused: the scanner found {Finding}")]
    internal static partial void FileRefused(this ILogger log, Guid fileId, Guid tenantId, string finding);

    [LoggerMessage(Level = LogLevel.Error, Message = "Files that wait for the scanner could not be looked for; it is tried again")]
    internal static partial void FilesNotLookedFor(this ILogger log, Exception failure);
}
