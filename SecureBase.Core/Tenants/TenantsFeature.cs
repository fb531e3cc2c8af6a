using Microsoft.Extensions.DependencyInjection;

namespace SecureBase.Core.Tenants;

public static class TenantsFeature
{
    public static IServiceCollection AddTenants(this IServiceCollection services) => services.AddScoped<TenantService>();
}
