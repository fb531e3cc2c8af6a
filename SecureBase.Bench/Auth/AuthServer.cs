using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Bench.Auth;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Api;
using SecureBase.Portal.Hosting;
using SecureBase.Portal.Support;

[assembly: HostingStartup(typeof(AuthServer))]

namespace SecureBase.Bench.Auth;

/// <summary>
/// The portal as it is, and beside it, under <c>/bare</c>, the ticket routes with the same edge, routing and answers but without key,
/// tenant, rate limit and permission: who asks and for whom is fixed. Loaded into the portal's process by the host itself.
/// </summary>
internal sealed class AuthServer : IHostingStartup
{
    internal const string Bare = "/bare";

    internal static int Run(string[] args) => (int)typeof(Portal.App).Assembly.EntryPoint!.Invoke(null, [args])!;

    /// <summary>Settings that load this into the portal and tell it whom the bare routes serve.</summary>
    internal static Dictionary<string, string> Settings(TenantInfo tenant, Guid person) => new()
    {
        ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = typeof(AuthServer).Assembly.GetName().Name!,
        ["ASPNETCORE_APPLICATIONNAME"] = typeof(Portal.App).Assembly.GetName().Name!,
        ["BARE_TENANT"] = tenant.Id.ToString(),
        ["BARE_SLUG"] = tenant.Slug,
        ["BARE_PERSON"] = person.ToString(),
    };

    public void Configure(IWebHostBuilder builder) => builder.ConfigureServices(services => services.AddSingleton<IStartupFilter, BareBranch>());

    private sealed class BareBranch : IStartupFilter
    {
        private static readonly TenantInfo Tenant = new(Guid.Parse(Setting("BARE_TENANT"), CultureInfo.InvariantCulture), Setting("BARE_SLUG"), "Bench", TenantKind.Customer, TenantStatus.Active, Plan.Government, "Etc/UTC");
        private static readonly Actor Actor = new(Tenant.Id, Guid.Parse(Setting("BARE_PERSON"), CultureInfo.InvariantCulture), "bench", ActorKind.Customer, Roles.Admin);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Map(Bare, bare =>
            {
                bare.UseMiddleware<RequestScope>();
                bare.UseMiddleware<SecurityHeaders>();
                bare.UseExceptionHandler(_ => { });
                bare.UseMiddleware<OriginCheck>();
                bare.Use(static (context, next) =>
                {
                    context.RequestServices.GetRequiredService<TenantContext>().Enter(Tenant);
                    context.RequestServices.GetRequiredService<Caller>().Become(Actor);
                    return next(context);
                });
                bare.UseApiRequests();
                bare.UseRouting();
                bare.UseApiBodies();
                bare.UseEndpoints(routes => routes.MapGroup("/v1").MapSupport());
            });
            next(app);
        };

        private static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
    }
}
