using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;
using SecureBase.Portal;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.E2E.Infrastructure;

/// <summary>The product's use cases in the test's own process, on a database that portals use: what a journey starts from is made by them.</summary>
internal sealed class Product : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Product(DatabaseConnections database, string masterKey)
    {
        var services = new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddLogging();
        services.AddCore(database, KeyRing.Of(SecretKey.TryParse(masterKey, out var key) ? key : throw new ArgumentException("Not a master key.", nameof(masterKey))));
        services.AddSingleton<IFreshness, AlwaysFresh>();
        _services = services.BuildServiceProvider();
    }

    /// <summary>Runs a use case as the actor, in the tenant's scope if one is given, and insists on its success.</summary>
    public async Task<T> RunAsync<T>(TenantInfo? tenant, Actor actor, Func<IServiceProvider, Task<Result<T>>> work)
    {
        await using var scope = _services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(actor);
        if (tenant is not null)
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        return (await work(scope.ServiceProvider)).Value;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    // The tests' process hears of no change, and makes most of them itself.
    private sealed class AlwaysFresh : IFreshness
    {
        public bool IsFresh => true;
    }
}
