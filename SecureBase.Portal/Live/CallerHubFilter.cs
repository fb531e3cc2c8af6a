using Microsoft.AspNetCore.SignalR;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Live;

/// <summary>
/// Each hub call runs in a scope of its own: this brings in the tenant and caller that the connection's request was admitted
/// with, so that a hub's services work under them as everywhere else. Without a caller nothing is called.
/// </summary>
internal sealed class CallerHubFilter : IHubFilter
{
    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        Enter(invocationContext.Context, invocationContext.ServiceProvider);
        return next(invocationContext);
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        Enter(context.Context, context.ServiceProvider);
        return next(context);
    }

    private static void Enter(HubCallerContext connection, IServiceProvider services)
    {
        var admitted = connection.GetHttpContext()?.RequestServices ?? throw new HubException("The connection has no request.");
        services.GetRequiredService<TenantContext>().Enter(admitted.GetRequiredService<TenantContext>().Tenant);
        services.GetRequiredService<Caller>().Become(admitted.GetRequiredService<Caller>().Actor);
    }
}
