using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Layout;

public enum NavigationArea { Customer, Staff }

/// <summary>A line of the main navigation; each feature registers its own with <c>AddNavigation</c>.</summary>
/// <param name="Href">Also current for every page below it.</param>
/// <param name="Order">Ascending from the top.</param>
public sealed record NavigationItem(NavigationArea Area, string Label, string Href, IconName Icon, int Order)
{
    /// <summary>A component that shows the number beside the label, and keeps it fresh by itself.</summary>
    public Type? Count { get; init; }
}

public static class NavigationRegistration
{
    public static IServiceCollection AddNavigation(this IServiceCollection services, params NavigationItem[] items)
    {
        foreach (var item in items)
            services.AddSingleton(item);
        return services;
    }
}
