using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support;

internal static class SupportPagesFeature
{
    internal static IServiceCollection AddSupportPages(this IServiceCollection services) => services.AddNavigation(
        new NavigationItem(NavigationArea.Customer, "Tickets", "/tickets", IconName.Ticket, 20),
        new NavigationItem(NavigationArea.Staff, "Queue", "/queue", IconName.Queue, 10));
}
