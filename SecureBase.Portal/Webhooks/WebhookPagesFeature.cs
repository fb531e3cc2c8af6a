using SecureBase.Core.Webhooks;
using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Admin;
using SecureBase.Portal.Webhooks.Admin;
using SecureBase.Portal.Webhooks.Components;

namespace SecureBase.Portal.Webhooks;

internal static class WebhookPagesFeature
{
    internal static IServiceCollection AddWebhookPages(this IServiceCollection services) => services.AddCustomerPanel<CustomerWebhooks>(10).AddNavigation(
        new NavigationItem(NavigationArea.Customer, "Webhooks", "/webhooks", IconName.Webhook, 40) { Permission = WebhookPermissions.Read, Count = typeof(TroubledEndpointCount) },
        new NavigationItem(NavigationArea.Staff, "Webhooks", "/webhook-health", IconName.Webhook, 40) { Permission = WebhookPermissions.Oversee });
}
