using Radzen;

namespace SecureBase.Portal.Shared;

internal static class PagesFeature
{
    // A text of 20,000 characters can take four bytes each, and some more as JSON; the default would end the circuit.
    internal const int LargestMessage = 256 * 1024;

    /// <summary>What every page needs: interactive server components, the component library, toasts.</summary>
    internal static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = LargestMessage);
        services.AddRadzenComponents();
        services.AddScoped<ToastService>();
        return services;
    }
}
