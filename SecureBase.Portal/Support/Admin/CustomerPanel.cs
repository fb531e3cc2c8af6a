using Microsoft.AspNetCore.Components;

namespace SecureBase.Portal.Support.Admin;

/// <summary>What another feature says of a customer beside a ticket of theirs; each registers its own with <c>AddCustomerPanel</c>.</summary>
/// <param name="Component">Takes the parameter <c>Customer</c>, shows nothing to whom it is not meant for, and keeps fresh by itself.</param>
/// <param name="Order">Ascending from the top.</param>
public sealed record CustomerPanel(Type Component, int Order);

public static class CustomerPanelRegistration
{
    public static IServiceCollection AddCustomerPanel<TComponent>(this IServiceCollection services, int order) where TComponent : IComponent =>
        services.AddSingleton(new CustomerPanel(typeof(TComponent), order));
}
