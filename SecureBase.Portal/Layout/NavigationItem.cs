using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
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

    /// <summary>The line is absent for whoever lacks it.</summary>
    public Permission? Permission { get; init; }
}

public static class NavigationRegistration
{
    /// <summary>The lines this caller has in the area, from the top.</summary>
    internal static IEnumerable<NavigationItem> For(this IEnumerable<NavigationItem> items, NavigationArea area, Caller caller) =>
        items.Where(item => item.Area == area && (item.Permission is null || caller.Can(item.Permission))).OrderBy(item => item.Order);

    public static IServiceCollection AddNavigation(this IServiceCollection services, params NavigationItem[] items)
    {
        foreach (var item in items)
            services.AddSingleton(item);
        return services;
    }
}
