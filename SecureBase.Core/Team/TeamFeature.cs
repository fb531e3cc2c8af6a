using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;

namespace SecureBase.Core.Team;

public static class TeamFeature
{
    public static IServiceCollection AddTeam(this IServiceCollection services)
    {
        services.AddScoped<InvitationService>();
        services.AddScoped<TeamService>();
        services.AddSingleton<IDeliveryRoute, InvitationMailRoute>();
        services.AddSingleton<IMailComposer, InvitationMails>();
        return services;
    }
}
