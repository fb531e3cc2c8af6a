using SecureBase.Core.Access;
using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Access;

internal static class ApiKeyPagesFeature
{
    internal static IServiceCollection AddApiKeyPages(this IServiceCollection services) => services.AddNavigation(
        new NavigationItem(NavigationArea.Customer, "API keys", "/api-keys", IconName.Key, 70) { Permission = ApiKeyPermissions.Read },
        new NavigationItem(NavigationArea.Staff, "API keys", "/api-keys", IconName.Key, 78) { Permission = ApiKeyPermissions.Read });
}
