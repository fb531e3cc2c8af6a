using SecureBase.Core.Tenants;
using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Tenants.Components;

namespace SecureBase.Portal.Tenants;

internal static class TenantsPagesFeature
{
    internal static IServiceCollection AddTenantsPages(this IServiceCollection services)
    {
        services.AddNavigation(
            new NavigationItem(NavigationArea.Staff, "Tenants", "/tenants", IconName.Organisation, 30) { Permission = TenantPermissions.Read },
            new NavigationItem(NavigationArea.Customer, "Settings", "/settings", IconName.Settings, 90) { Permission = TenantPermissions.Settings });
        services.AddSingleton(new ShellBanner(typeof(LeavingBanner)));
        return services;
    }
}
