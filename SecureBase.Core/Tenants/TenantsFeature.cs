using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Tenants.Exports;
using SecureBase.Core.Tenants.Offboarding;

namespace SecureBase.Core.Tenants;

public static class TenantsFeature
{
    public static IServiceCollection AddTenants(this IServiceCollection services)
    {
        services.AddOptions<TenantsOptions>().BindConfiguration(TenantsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<TenantService>();
        services.AddScoped<TenantSettingsService>();
        services.AddScoped<TenantOverview>();
        services.AddScoped<LogoService>();
        services.AddScoped<ExportService>();
        services.AddScoped<TenantErasure>();
        services.AddSingleton<ExportWriter>();
        services.AddSingleton<ExportRunner>();
        services.AddScheduledJob<PurgeExpiredExportsJob>("0 5 * * * ?");
        services.AddScheduledJob<OffboardTenantsJob>("0 0/10 * * * ?");
        return services;
    }

    /// <summary>What runs by itself on a node that serves.</summary>
    public static IServiceCollection AddTenantsWorker(this IServiceCollection services) => services.AddHostedService<ExportWorker>();
}
