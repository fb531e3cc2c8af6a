using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Tenancy;

namespace SecureBase.Tests.Infrastructure;

/// <summary>What one request or circuit is to the services: a tenant, a caller, and instances of its own.</summary>
public sealed class Scope : IAsyncDisposable
{
    private readonly AsyncServiceScope _scope;

    private Scope(AsyncServiceScope scope) => _scope = scope;

    /// <param name="tenant">Null stays outside any tenant.</param>
    /// <param name="actor">Null is nobody.</param>
    public static Scope For(IServiceProvider services, TenantInfo? tenant, Actor? actor)
    {
        var scope = services.CreateAsyncScope();
        if (tenant is not null)
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        if (actor is not null)
            scope.ServiceProvider.GetRequiredService<Caller>().Become(actor);
        return new Scope(scope);
    }

    public IServiceProvider Services => _scope.ServiceProvider;

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _scope.DisposeAsync();
}
