using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Secrets;

internal static partial class SecretsLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Master keys read again: {Key} seals, {Count} can be read")]
    internal static partial void KeysRead(ILogger logger, SecretKeyId key, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The master keys have changed but cannot be used; this node goes on with those it holds")]
    internal static partial void KeysUnusable(ILogger logger, Exception failure);
}
