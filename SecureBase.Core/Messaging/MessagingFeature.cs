using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Messaging;

public static class MessagingFeature
{
    /// <summary>What every process needs that changes something or shows something live.</summary>
    public static IServiceCollection AddMessaging(this IServiceCollection services)
    {
        services.AddOptions<MessagingOptions>().BindConfiguration(MessagingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OutboxNudge>();
        services.AddSingleton<LiveSignals>();
        services.AddSingleton<DeliveryTurns>();
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<FanOut>();
        services.AddScoped<LiveSubjects>();
        services.AddScoped<DeliveryLogService>();
        services.AddScoped<ExpiredRows>();
        services.AddScheduledJob<PurgeExpiredRowsJob>("0 5 * * * ?");
        return services;
    }

    /// <summary>The workers of a portal. A command run beside one leaves its events to the portal.</summary>
    public static IServiceCollection AddMessagingWorkers(this IServiceCollection services)
    {
        services.AddSingleton<LiveSignalListener>();
        services.AddHostedService(p => p.GetRequiredService<LiveSignalListener>());
        services.AddHostedService<FanOutWorker>();
        services.AddHostedService<DeliveryWorker>();
        return services;
    }
}
