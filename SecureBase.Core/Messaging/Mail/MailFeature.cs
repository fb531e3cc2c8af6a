using Microsoft.Extensions.DependencyInjection;

namespace SecureBase.Core.Messaging.Mail;

public static class MailFeature
{
    /// <summary>E-mail into a folder. Where nothing is configured the channel is left out, and with it the mails.</summary>
    public static IServiceCollection AddMailFolder(this IServiceCollection services, string folder, bool showsTokens)
    {
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).Configure(o => o.Folder = folder).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(new MailFolder(folder, showsTokens));
        services.AddSingleton<IDeliveryChannel, MailChannel>();
        return services;
    }
}
