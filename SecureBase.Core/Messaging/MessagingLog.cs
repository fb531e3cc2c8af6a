using Microsoft.Extensions.Logging;

namespace SecureBase.Core.Messaging;

internal static partial class MessagingLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A subscriber of live signals failed; it stays subscribed")]
    internal static partial void LiveSubscriberFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of events of tenant {TenantId} could not be dispatched together; trying one by one")]
    internal static partial void FanOutBatchFailed(ILogger logger, Exception failure, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Event {EventId} of tenant {TenantId} cannot be dispatched; it is put off, the others go on")]
    internal static partial void EventPutOff(ILogger logger, Exception failure, Guid eventId, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Fan-out for tenant {TenantId} failed; its events are kept and tried again")]
    internal static partial void FanOutFailed(ILogger logger, Exception failure, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for due {What} failed; trying again")]
    internal static partial void PollFailed(ILogger logger, Exception failure, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "Leasing deliveries of tenant {TenantId} failed; trying again")]
    internal static partial void LeaseFailed(ILogger logger, Exception failure, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Renewing leases of tenant {TenantId} failed; trying again before they end")]
    internal static partial void RenewFailed(ILogger logger, Exception failure, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Recording {Count} attempts of tenant {TenantId} failed; trying again")]
    internal static partial void RecordFailed(ILogger logger, Exception failure, int count, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {DeliveryId} of tenant {TenantId} was taken over before its outcome was recorded")]
    internal static partial void LeaseLost(ILogger logger, Guid deliveryId, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Channel {Channel} failed unexpectedly on delivery {DeliveryId}")]
    internal static partial void ChannelFailed(ILogger logger, Exception failure, string channel, Guid deliveryId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Delivery {DeliveryId} over {Channel}, attempt {Attempt}: {Outcome}; next at {NextAttemptAt}")]
    internal static partial void Attempted(ILogger logger, Guid deliveryId, string channel, int attempt, AttemptOutcome outcome, DateTimeOffset? nextAttemptAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Open pages could not be told of recorded attempts; they are told of the next")]
    internal static partial void TellingFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that hears live signals was lost; reconnecting and catching up")]
    internal static partial void ListenerLost(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A live signal could not be read and was left out")]
    internal static partial void SignalUnreadable(ILogger logger, Exception failure);
}
