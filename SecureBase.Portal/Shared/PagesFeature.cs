using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.SignalR;
using Radzen;
using SecureBase.Portal.Hosting;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Shared;

internal static class PagesFeature
{
    // A text of 20,000 characters can take four bytes each, and some more as JSON; the default would end the circuit.
    internal const int LargestMessage = 256 * 1024;

    /// <summary>What every page needs: interactive server components, the component library, toasts, the viewer's time.</summary>
    internal static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub =>
        {
            hub.MaximumReceiveMessageSize = LargestMessage;
            hub.AddFilter<CircuitOwners>();
        });
        services.AddSingleton<CircuitOwners>();
        services.AddRadzenComponents();
        services.AddScoped<ToastService>();
        services.AddScoped(scope => new CascadingValueSource<ViewerTime>(ViewerTime.In(null, scope.GetRequiredService<TimeProvider>()), isFixed: false));
        services.AddCascadingValue(scope => scope.GetRequiredService<CascadingValueSource<ViewerTime>>());
        return services;
    }

    /// <summary>An address that leads nowhere shows the page that says so, within the shell, and stays a 404. Comes before routing, which it runs again.</summary>
    internal static void UseNotFoundPage(this IApplicationBuilder app) => app.UseWhen(
        context => HttpMethods.IsGet(context.Request.Method) && !PathKind.IsForPrograms(context.Request.Path) && !PathKind.IsStaticAsset(context.Request.Path) && !PathKind.IsBranding(context.Request.Path),
        pages => pages.UseStatusCodePagesWithReExecute("/not-found"));
}
