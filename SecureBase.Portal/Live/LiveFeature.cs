using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace SecureBase.Portal.Live;

internal static class LiveFeature
{
    internal static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSignalR(hub =>
        {
            hub.MaximumReceiveMessageSize = 4 * 1024;
            hub.EnableDetailedErrors = false;
        }).AddHubOptions<LiveHub>(hub => hub.AddFilter<CallerHubFilter>());
        services.AddSingleton<CallerHubFilter>();
        services.AddHostedService<LiveHubFeed>();
        return services;
    }

    internal static void MapLive(this IEndpointRouteBuilder routes) =>
        routes.MapHub<LiveHub>(LiveHub.Path, connection =>
        {
            // One request per connection: it is admitted once, and aborting it ends the connection.
            connection.Transports = HttpTransportType.WebSockets;
            connection.CloseOnAuthenticationExpiration = true;
        }).RequireAuthorization(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
}
