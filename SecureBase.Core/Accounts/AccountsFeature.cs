using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Scheduling;

namespace SecureBase.Core.Accounts;

public static class AccountsFeature
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddScoped<AnonymousChange>();
        services.AddScoped<OwnPassword>();
        services.AddScoped<PasswordResetService>();
        services.AddScoped<ProfileService>();
        services.AddScoped<EndedLinks>();
        services.AddSingleton<IDeliveryRoute, AccountMailRoute>();
        services.AddSingleton<IMailComposer, AccountLinkMails>();
        services.AddSingleton<IMailTemplate, PasswordMails>();
        services.AddScheduledJob<PurgeEndedLinksJob>("0 55 2 * * ?");
        return services;
    }
}
