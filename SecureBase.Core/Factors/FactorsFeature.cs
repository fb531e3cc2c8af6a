using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureBase.Core.Identity;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;

namespace SecureBase.Core.Factors;

public static class FactorsFeature
{
    /// <summary>Second factors and passkeys. Comes after the people, whose store it replaces by one that knows passkeys.</summary>
    public static IServiceCollection AddFactors(this IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Scoped<IUserStore<Person>, PersonStore>());
        services.AddScoped<FactorChanges>();
        services.AddScoped<FactorService>();
        services.AddScoped<SecondFactorService>();
        services.AddScoped<PasskeyService>();
        services.AddScoped<ConfirmationService>();
        services.AddSingleton<IDeliveryRoute, FactorMailRoute>();
        services.AddSingleton<IMailTemplate, FactorMails>();
        return services;
    }
}
