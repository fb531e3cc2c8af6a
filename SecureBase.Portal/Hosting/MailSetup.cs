using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Hosting;

/// <summary>E-mail as this installation sends it: into <c>Mail:Folder</c>, in Development by default into the data directory; else not at all.</summary>
internal static class MailSetup
{
    internal static void AddMail(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => new PublicAddress(PublicUrl(services, builder.Environment)));
        var folder = builder.Configuration[$"{MailOptions.Section}:{nameof(MailOptions.Folder)}"];
        if (string.IsNullOrEmpty(folder) && builder.Environment.IsDevelopment())
            folder = Path.Combine(builder.Configuration[DatabaseHost.DataDirectorySetting] is { Length: > 0 } data ? data : DatabaseHost.DefaultDataDirectory, "mail");
        if (!string.IsNullOrEmpty(folder))
            builder.Services.AddMailFolder(Path.GetFullPath(folder), showsTokens: builder.Environment.IsDevelopment());
    }

    private static string PublicUrl(IServiceProvider services, IHostEnvironment environment)
    {
        var options = services.GetRequiredService<IOptions<PortalOptions>>().Value;
        if (options.PublicUrl is { Length: > 0 } configured)
            return configured;
        var own = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        if (!environment.IsDevelopment() || own is null)
            return $"https://{{slug}}.{options.BaseDomain}";
        var bound = BindingAddress.Parse(own);
        return $"{bound.Scheme}://{{slug}}.{options.BaseDomain}:{bound.Port}";
    }
}
