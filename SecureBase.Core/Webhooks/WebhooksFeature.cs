using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Core.Webhooks.Sending;
using SecureBase.Core.Webhooks.Targets;

namespace SecureBase.Core.Webhooks;

public static class WebhooksFeature
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptions<WebhookOptions>().Configure<IConfiguration>((options, configuration) => options.Read(configuration.GetSection(WebhookOptions.Section))).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ResolveHost>(HostResolver.AskSystemAsync);
        services.AddSingleton<HostResolver>();
        services.AddSingleton<WebhookTargets>();
        services.AddSingleton<WebhookDirectory>();
        services.AddScoped<WebhookEndpointService>();
        services.AddScoped<WebhookDeliveryService>();
        services.AddScoped<WebhookHealthService>();
        services.AddScoped<EndpointWatch>();
        services.AddScoped<WebhookRecoveryService>();
        services.AddScoped<RecoveryRun>();
        services.AddScoped<DeadEndpoints>();
        services.AddScoped<DeletedEndpoints>();
        services.AddSingleton<IDeliveryRoute, WebhookRoute>();
        services.AddSingleton<IDeliveryRoute, WebhookMailRoute>();
        services.AddSingleton<IMailTemplate, WebhookMails>();
        services.AddSingleton<ILiveSubject, WebhookLiveSubject>();
        services.AddScheduledJob<DisableDeadEndpointsJob>("40 * * * * ?");
        services.AddScheduledJob<PurgeDeletedEndpointsJob>("0 45 3 * * ?");
        return services;
    }

    /// <summary>What a node sends and does by itself beside its jobs.</summary>
    public static IServiceCollection AddWebhooksWorkers(this IServiceCollection services)
    {
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<IDeliveryChannel, WebhookChannel>();
        services.AddHostedService<RecoveryWorker>();
        return services;
    }
}
