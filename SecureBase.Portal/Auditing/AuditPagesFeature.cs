using SecureBase.Core.Auditing;
using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Auditing;

internal static class AuditPagesFeature
{
    internal static IServiceCollection AddAuditPages(this IServiceCollection services)
    {
        services.AddNavigation(
            new NavigationItem(NavigationArea.Customer, "Audit", "/audit", IconName.Shield, 80) { Permission = AuditPermissions.Read },
            new NavigationItem(NavigationArea.Staff, "Audit", "/audit", IconName.Shield, 80) { Permission = AuditPermissions.Read });
        foreach (var fact in AuditSchemas.All)
            services.AddSingleton(fact);
        return services;
    }
}
