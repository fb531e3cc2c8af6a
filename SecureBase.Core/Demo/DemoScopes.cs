using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Demo;

internal static class DemoScopes
{
    /// <summary>A scope that works in the tenant as the actor; everything that happens in it is silent.</summary>
    public static AsyncServiceScope EnterSilently(this IServiceScopeFactory scopes, TenantInfo tenant, Actor actor)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        scope.ServiceProvider.GetRequiredService<Caller>().Become(actor with { Silent = true });
        return scope;
    }

    /// <summary>The scope's unit of work under another clock.</summary>
    public static UnitOfWork UnitOfWorkAt(this IServiceProvider services, TimeProvider clock) =>
        ActivatorUtilities.CreateInstance<UnitOfWork>(services, clock);
}
