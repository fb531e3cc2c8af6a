using Radzen;

namespace SecureBase.Portal.Shared;

internal static class PagesFeature
{
    /// <summary>What every page needs: interactive server components, the component library, toasts.</summary>
    internal static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddScoped<ToastService>();
        return services;
    }
}
