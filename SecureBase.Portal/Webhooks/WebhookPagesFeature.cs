using SecureBase.Core.Webhooks;
using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Webhooks;

internal static class WebhookPagesFeature
{
    internal static IServiceCollection AddWebhookPages(this IServiceCollection services) => services.AddNavigation(
        new NavigationItem(NavigationArea.Customer, "Webhooks", "/webhooks", IconName.Webhook, 40) { Permission = WebhookPermissions.Read },
        new NavigationItem(NavigationArea.Staff, "Webhooks", "/webhook-health", IconName.Webhook, 40) { Permission = WebhookPermissions.Oversee });
}
